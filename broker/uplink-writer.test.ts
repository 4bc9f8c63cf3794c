import { createLog } from '@wayleave/runtime/log.ts';
import type { AppendOutcome, ShardEntry, UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { unpackEntry } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UplinkWriter } from './uplink-writer.ts';

const SHARDS = 4;
const log = createLog('test', 'fatal');

/** A log in memory that answers each append as `answer` says. */
function memoryLog(answer: (appendNumber: number, entry: ShardEntry) => AppendOutcome | Error): UplinkLog & {
  kept: { deviceId: number; text: string }[];
} {
  const kept: { deviceId: number; text: string }[] = [];
  let appends = 0;
  return {
    shardCount: SHARDS,
    kept,
    async append(entries) {
      const outcomes = entries.map((entry) => answer(appends, entry));
      appends += 1;
      await new Promise((resolve) => setImmediate(resolve));
      for (const [index, { bytes }] of entries.entries()) {
        const outcome = outcomes[index]!;
        if (outcome instanceof Error) throw outcome;
        if (outcome === 'durable') {
          unpackEntry(bytes, ({ deviceId, payload }) => kept.push({ deviceId, text: payload.toString() }));
        }
      }
      return outcomes as AppendOutcome[];
    },
    read: () => Promise.reject(new Error('not read here')),
    trim: () => Promise.reject(new Error('not trimmed here')),
    heldBytes: () => Promise.resolve(0),
  };
}

function accept(writer: UplinkWriter, deviceId: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const message = {
      deviceId,
      operatorId: 1,
      receivedAtMs: 0,
      unaddressed: false,
      topic: 't',
      payload: Buffer.from(text),
    };
    writer.accept(message, resolve);
  });
}

describe('the uplink writer', () => {
  it('tells nobody that a message is durable before the log has said so', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const memory = memoryLog(() => 'durable');
    const append = memory.append.bind(memory);
    memory.append = async (entries) => {
      await gate;
      return await append(entries);
    };
    let isDurable = false;
    const durable = accept(new UplinkWriter(memory, log, () => {}), 1, 'a').then(() => {
      isDurable = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isDurable).toBe(false);
    release();
    await durable;
    expect(memory.kept).toEqual([{ deviceId: 1, text: 'a' }]);
  });

  it('packs what arrives together into one entry a shard', async () => {
    const memory = memoryLog(() => 'durable');
    const writer = new UplinkWriter(memory, log, () => {});
    await Promise.all(Array.from({ length: 100 }, (_, at) => accept(writer, at, `${at}`)));
    expect(memory.kept).toHaveLength(100);
    expect(writer.figures.entries).toBeLessThanOrEqual(SHARDS * 2);
  });

  it('acknowledges each device in order and loses nothing, whatever the log refuses or breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('durable', 'full', 'broken'), { maxLength: 4 }),
        fc.array(fc.nat(7), { minLength: 1, maxLength: 60 }),
        async (answers, devices) => {
          const memory = memoryLog((append, { shard }) => {
            const answer = answers[(append * 3 + shard) % (answers.length + 1)] ?? 'durable';
            if (append > 3 || answer === 'durable') return 'durable';
            return answer === 'full' ? 'full' : new Error('broken');
          });
          const writer = new UplinkWriter(memory, log, () => {});
          const acknowledged: { device: number; index: number }[] = [];
          await Promise.all(
            devices.map(async (device, index) => {
              if (index % 7 === 3) await new Promise((resolve) => setImmediate(resolve));
              await accept(writer, device, `${index}`);
              acknowledged.push({ device, index });
            }),
          );
          expect(new Set(memory.kept.map(({ text }) => text)).size).toBe(devices.length);
          for (const device of new Set(devices)) {
            const ofDevice = memory.kept.filter((one) => one.deviceId === device).map(({ text }) => text);
            const acks = acknowledged.filter((one) => one.device === device).map(({ index }) => `${index}`);
            // In the log a message may stand twice after a failure; first appearances are in order of the acks.
            expect([...new Set(ofDevice)]).toEqual(acks);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
