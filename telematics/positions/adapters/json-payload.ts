import type { Position } from '../position.ts';
import { type Decoded, MAX_POSITIONS_PER_MESSAGE, type Refusal, refuseAll } from './adapter.ts';
import { storableText } from './storable-text.ts';

/*
 * Reading a JSON payload of a foreign format in bounded time. JSON.parse and JSON.stringify are
 * quick for what trackers send, but a megabyte of nesting, of one-key objects or of distinct keys
 * holds them up for a tenth of a second, and nesting under keys that are numbers overflows the
 * stack of JSON.stringify after two thousand levels. The bounds leave room for two hundred positions
 * with fifty fields each, or a thousand with ten, in one message.
 */

export const MAX_JSON_BYTES = 512 * 1_024;
/** Of one position; what fills its attributes takes at most three times their bound in escapes. */
export const MAX_JSON_ITEM_BYTES = 32 * 1_024;
/** Formats of trackers nest five deep; deeper than this is made to hurt. */
export const MAX_JSON_DEPTH = 32;
/** Values of all objects and lists together. */
export const MAX_JSON_VALUES = 12_000;
/** Objects and lists. */
export const MAX_JSON_CONTAINERS = 3_000;
/** Nothing shorter can hold enough of anything to matter. */
const UNCHECKED_JSON_BYTES = 2_048;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Why an item is refused; where it stood is added by who reads the list. */
export type Refused = Pick<Refusal, 'reason' | 'detail'>;

/** What a payload may hold at most. */
export interface JsonBounds {
  /** Shorter ones are not looked through. */
  uncheckedBytes: number;
  maxValues: number;
  maxContainers: number;
}

const FOREIGN: JsonBounds = {
  uncheckedBytes: UNCHECKED_JSON_BYTES,
  maxValues: MAX_JSON_VALUES,
  maxContainers: MAX_JSON_CONTAINERS,
};

/** The value of a JSON payload, or why it has none. */
export function parseJsonPayload(
  payload: Buffer,
  bounds: JsonBounds = FOREIGN,
): { value: unknown } | Refused {
  const excess = payload.length > bounds.uncheckedBytes ? jsonExcess(payload, bounds) : null;
  if (excess !== null) return excess;
  try {
    return { value: JSON.parse(payload.toString()) as unknown };
  } catch (error) {
    // The message quotes the payload, and so whatever in it PostgreSQL would not take.
    return { reason: 'malformed', detail: storableText(`not JSON: ${(error as Error).message}`) };
  }
}

/** Which bound is exceeded by what stands outside of strings, or null. */
function jsonExcess(payload: Buffer, { maxContainers, maxValues }: JsonBounds): Refused | null {
  const isList = firstByte(payload) === OPEN_LIST;
  const reason = isList ? 'too_many_positions' : 'invalid_field';
  if (payload.length > MAX_JSON_BYTES) {
    return { reason, detail: `${payload.length} bytes, at most ${MAX_JSON_BYTES}` };
  }
  const itemDepth = isList ? 1 : 0;
  let depth = 0;
  let containers = 0;
  let commas = 0;
  let itemAt = 0;
  for (let at = 0; at < payload.length; at++) {
    const byte = payload[at] as number;
    if (byte === QUOTE) at = endOfString(payload, at);
    else if (byte === COMMA) commas++;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      containers++;
      if (depth === itemDepth) itemAt = at;
      if (++depth > MAX_JSON_DEPTH) {
        return { reason: 'malformed', detail: `nested deeper than ${MAX_JSON_DEPTH} levels` };
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (--depth === itemDepth && at - itemAt >= MAX_JSON_ITEM_BYTES) {
        const bytes = at - itemAt + 1;
        return {
          reason: 'invalid_field',
          detail: `a position of ${bytes} bytes, at most ${MAX_JSON_ITEM_BYTES}`,
        };
      }
    }
  }
  if (containers > maxContainers) {
    return { reason, detail: `${containers} objects and lists, at most ${maxContainers}` };
  }
  const values = commas + containers;
  return values > maxValues ? { reason, detail: `${values} values, at most ${maxValues}` } : null;
}

/** The first byte that is no white space of JSON. */
function firstByte(payload: Buffer): number | undefined {
  return payload.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
}

function endOfString(payload: Buffer, quoteAt: number): number {
  for (let at = quoteAt + 1; at < payload.length; at++) {
    const byte = payload[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return payload.length;
}

/** The items of a payload that is one object or a list of them, in their order. */
export function jsonItems(value: unknown): unknown[] | Refused {
  if (!Array.isArray(value)) return [value];
  if (value.length === 0) return { reason: 'malformed', detail: 'an empty list' };
  if (value.length <= MAX_POSITIONS_PER_MESSAGE) return value;
  return {
    reason: 'too_many_positions',
    detail: `${value.length} positions, at most ${MAX_POSITIONS_PER_MESSAGE}`,
  };
}

/** Decodes each item of a payload that is one object or a list of them. */
export function decodeJsonItems(payload: Buffer, decodeItem: (item: unknown) => Position | Refused): Decoded {
  const parsed = parseJsonPayload(payload);
  if ('reason' in parsed) return refuseAll(parsed.reason, parsed.detail);
  const items = jsonItems(parsed.value);
  if (!Array.isArray(items)) return refuseAll(items.reason, items.detail);
  const positions: Position[] = [];
  const refusals: Refusal[] = [];
  for (const [at, item] of items.entries()) {
    const decoded = decodeItem(item);
    if ('fixTimeMs' in decoded) positions.push(decoded);
    else if (!Array.isArray(parsed.value)) refusals.push({ ...decoded, item: 0 });
    else refusals.push({ ...decoded, item: at, payload: Buffer.from(JSON.stringify(item)) });
  }
  return { positions, refusals };
}
