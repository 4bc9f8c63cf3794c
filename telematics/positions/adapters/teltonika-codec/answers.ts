import { isUtf8 } from 'node:buffer';
import type { Position } from '../../position.ts';
import type { Refusal } from '../adapter.ts';
import { MAX_ATTRIBUTES_BYTES, storableAttributes } from '../attributes.ts';
import { emptyPosition } from '../empty-position.ts';

/** What precedes the text within each message of a codec, bytes. */
const HEADS: Readonly<Record<number, { timestamp: number; imei: number }>> = {
  0x0c: { timestamp: 0, imei: 0 },
  0x0d: { timestamp: 4, imei: 0 },
  0x0e: { timestamp: 0, imei: 8 },
  0x0f: { timestamp: 4, imei: 8 },
};

const COMMAND = 0x05;
const ANSWER = 0x06;
const NACK = 0x11;
const LINE_CONTROLS = [0x09, 0x0a, 0x0d];

export function isMessageCodec(codec: number): boolean {
  return HEADS[codec] !== undefined;
}

/**
 * Adds what the messages of a data field say; a text is what is wrong with them. `ident` is the
 * device the topic names: an IMEI in the message is kept when it is another one.
 */
export function readMessages(
  bytes: Buffer,
  start: number,
  end: number,
  ident: string | null,
  said: Record<string, unknown>,
): Pick<Refusal, 'reason' | 'detail'> | null {
  const codec = bytes[start] as number;
  const head = HEADS[codec] ?? { timestamp: 0, imei: 0 };
  const quantity = bytes[start + 1] as number;
  let at = start + 2;
  if (quantity === 0) return malformed('no messages');
  for (let left = quantity; left > 0; left--) {
    if (end - at < 6) return malformed(`byte ${at}: the packet ends within a message`);
    const type = bytes[at] as number;
    const size = bytes.readUInt32BE(at + 1);
    at += 5;
    if (size > end - 1 - at) return malformed(`byte ${at}: ${size} bytes of text, ${end - 1 - at} are left`);
    const headBytes = head.timestamp + head.imei;
    if (size < headBytes) return malformed(`byte ${at}: ${size} bytes of text, at least ${headBytes}`);
    if (type === COMMAND) return { reason: 'not_a_position', detail: 'a command (type 5), not an answer' };
    if (head.timestamp > 0) said['answeredAtS'] = bytes.readUInt32BE(at);
    if (head.imei > 0) {
      const imei = bytes.toString('hex', at + head.timestamp, at + headBytes).replace(/^0/, '');
      if (imei !== ident) said['imei'] = imei;
    }
    addText(said, type, bytes.subarray(at + headBytes, at + size));
    at += size;
  }
  if (end - at !== 1) return malformed(`byte ${at}: ${end - at} bytes are left, 1 expected`);
  if (bytes[at] === quantity) return null;
  return malformed(`${quantity} messages announced at the start and ${bytes[at]} at the end`);
}

function addText(said: Record<string, unknown>, type: number, text: Buffer): void {
  if (type === NACK) {
    said['commandNack'] = true;
    return;
  }
  const key = type === ANSWER ? 'commandAnswer' : `messageType${type}`;
  const isText = isUtf8(text) && text.every((byte) => byte >= 0x20 || LINE_CONTROLS.includes(byte));
  const shown = isText ? text.toString().trimEnd() : text.toString('hex');
  const earlier = said[key];
  said[key] = typeof earlier === 'string' ? `${earlier}\n${shown}` : shown;
}

/** What was said, as a position without a fix at the time of its receipt. */
export function answerPosition(
  said: Record<string, unknown>,
  receivedAtMs: number,
): Position | Pick<Refusal, 'reason' | 'detail'> {
  const attributes = storableAttributes(said);
  if (attributes === 'too_long') {
    return { reason: 'invalid_field', detail: `answers take more than ${MAX_ATTRIBUTES_BYTES} bytes` };
  }
  return { ...emptyPosition(receivedAtMs, { receivedAtMs }), attributes };
}

const malformed = (detail: string) => ({ reason: 'malformed', detail }) as const;
