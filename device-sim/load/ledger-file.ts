import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { createLedger, type Ledger, type OpenLedger } from './ledger.ts';

/**
 * The file of a ledger, little-endian:
 *
 *     "WLLEDGR1"                        8 bytes
 *     u32 length of what follows        JSON {"positionsPerMessage","stepMs","evenly","idents"}
 *     for each ident, in that order:
 *       u32 sent                        messages sent
 *       u32 prefix                      messages 0 … prefix-1 are acknowledged
 *       u32 n, n × u32                  numbers of later messages that are acknowledged too
 *       u32 m, m × f64                  first fix time of each message, epoch ms;
 *                                       if evenly, of message 0 alone: message i starts
 *                                       i × positionsPerMessage × stepMs later
 */
const MAGIC = 'WLLEDGR1';

const header = z.object({
  positionsPerMessage: z.number().int().min(1),
  stepMs: z.number().min(1),
  evenly: z.boolean(),
  idents: z.array(z.string()),
});

export async function writeLedger(file: string, ledger: OpenLedger, evenly: boolean): Promise<void> {
  const { idents, positionsPerMessage, stepMs } = ledger;
  const json = Buffer.from(JSON.stringify({ positionsPerMessage, stepMs, evenly, idents }));
  const parts = [Buffer.from(MAGIC), u32([json.length]), json];
  for (const device of idents.keys()) {
    const { sent, prefix, ahead, fixTimesMs } = ledger.entries(device);
    parts.push(u32([sent, prefix, ahead.length, ...ahead, fixTimesMs.length]), f64(fixTimesMs));
  }
  await writeFile(file, Buffer.concat(parts), { mode: 0o600 });
}

/**
 * @throws {Error} when it is not a ledger or is cut short
 */
export async function readLedger(file: string): Promise<Ledger> {
  const bytes = await readFile(file);
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error(`${file} is not a ledger`);
  let at = MAGIC.length;
  const nextU32 = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const nextF64 = () => {
    at += 8;
    return bytes.readDoubleLE(at - 8);
  };
  const jsonBytes = nextU32();
  const head = header.parse(JSON.parse(bytes.toString('utf8', at, at + jsonBytes)));
  at += jsonBytes;
  const ledger = createLedger(head.idents, head.positionsPerMessage, head.stepMs, head.evenly);
  for (const device of head.idents.keys()) {
    const sent = nextU32();
    const prefix = nextU32();
    const ahead = Array.from({ length: nextU32() }, nextU32);
    const times = Array.from({ length: nextU32() }, nextF64);
    for (let message = 0; message < sent; message++) ledger.sent(device, times[message] ?? 0);
    for (let message = 0; message < prefix; message++) ledger.acknowledged(device, message);
    for (const message of ahead) ledger.acknowledged(device, message);
  }
  return ledger;
}

function u32(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, i * 4);
  return bytes;
}

function f64(values: Float64Array): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) bytes.writeDoubleLE(value, i * 8);
  return bytes;
}
