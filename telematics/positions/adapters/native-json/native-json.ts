import { isAscii } from 'node:buffer';
import type { z } from 'zod';
import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import {
  type Adapter,
  type Decoded,
  MAX_POSITIONS_PER_MESSAGE,
  type MessageOrigin,
  type Refusal,
  type RefusalReason,
  refuseAll,
} from '../adapter.ts';
import {
  isDeeperThan,
  MAX_ATTRIBUTES_BYTES,
  MAX_ATTRIBUTES_DEPTH,
  storableAttributes,
} from '../attributes.ts';
import { instantOfMs, isObject, shown } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { type JsonBounds, parseJsonPayload } from '../json-payload.ts';
import { storableText } from '../storable-text.ts';
import type { nativePosition } from './schema.ts';

const PREFIX = 'devices/';
const SUFFIX = '/positions';
const MAX_ALARM_LENGTH = 64;

/** `devices/{ident}/positions`: one JSON object or an array of them (schema.ts says of what). */
export const nativeJson: Adapter = {
  name: 'native-json',
  reads: (topic) =>
    topic.startsWith(PREFIX) &&
    topic.endsWith(SUFFIX) &&
    // One level between the two, and one that is not empty.
    topic.length > PREFIX.length + SUFFIX.length &&
    topic.indexOf('/', PREFIX.length) === topic.length - SUFFIX.length,
  identOf: (topic) => topic.slice(PREFIX.length, -SUFFIX.length),
  decode,
};

/** A thousand positions with every field and twenty attributes each; what is short needs no look. */
const BOUNDS: JsonBounds = { uncheckedBytes: 16 * 1_024, maxValues: 40_000, maxContainers: 4_000 };

function decode(payload: Buffer, { receivedAtMs }: MessageOrigin): Decoded {
  const parsed = parseJsonPayload(payload, BOUNDS);
  if ('reason' in parsed) return refuseAll(parsed.reason, parsed.detail);
  const message = parsed.value;
  // Without an escape there is nothing in it that the database could not hold, and what is short
  // as a whole has no long part: nearly all messages need no closer look at their texts. A byte
  // that is no UTF-8 becomes a character of three.
  const isShort =
    payload.length <= MAX_ATTRIBUTES_BYTES / 3 ||
    (payload.length <= MAX_ATTRIBUTES_BYTES && isAscii(payload));
  const isPlain = isShort && !payload.includes('\\u');
  if (!Array.isArray(message)) {
    const decoded = decodeOne(message, receivedAtMs, isPlain);
    return 'fixTimeMs' in decoded
      ? { positions: [decoded], refusals: [] }
      : { positions: [], refusals: [{ ...decoded, item: 0 }] };
  }
  if (message.length > MAX_POSITIONS_PER_MESSAGE) {
    return refuseAll(
      'too_many_positions',
      `${message.length} positions, at most ${MAX_POSITIONS_PER_MESSAGE}`,
    );
  }
  if (message.length === 0) return refuseAll('malformed', 'an empty list');
  const positions: Position[] = [];
  const refusals: Refusal[] = [];
  for (const [item, value] of message.entries()) {
    const decoded = decodeOne(value, receivedAtMs, isPlain);
    if ('fixTimeMs' in decoded) positions.push(decoded);
    // What is too deep to be written again is kept with its whole message.
    else if (isDeeperThan(MAX_ATTRIBUTES_DEPTH + 1, value)) refusals.push({ ...decoded, item });
    else refusals.push({ ...decoded, item, payload: Buffer.from(JSON.stringify(value)) });
  }
  return { positions, refusals };
}

type Refused = Pick<Refusal, 'reason' | 'detail'>;

/** Thrown within this file only: far cheaper to read than a result checked after every field. */
class FieldError extends Error {
  readonly refused: Refused;
  constructor(reason: RefusalReason, detail: string) {
    super(detail);
    this.refused = { reason, detail };
  }
}

function decodeOne(value: unknown, receivedAtMs: number, isPlain: boolean): Position | Refused {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'malformed', detail: 'not an object' };
  }
  // Named one by one: an engine that sees the same shape again reads each field in one step.
  const fields = value as { [Field in keyof z.infer<typeof nativePosition>]?: unknown };
  try {
    const { lat, lon } = fields;
    // Both written as null say that there is no fix; a missing one says that something went wrong.
    const hasFix = lat !== null || lon !== null;
    return {
      fixTimeMs: timeOf(fields.time),
      receivedAtMs,
      lat: hasFix ? degrees(lat, 'lat') : null,
      lon: hasFix ? degrees(lon, 'lon') : null,
      speedKmh: numberIn(fields.speedKmh, 'speedKmh', 0, 1_000),
      headingDeg: numberIn(fields.headingDeg, 'headingDeg', 0, 360),
      altitudeM: numberIn(fields.altitudeM, 'altitudeM', -1_000, 100_000),
      accuracyM: numberIn(fields.accuracyM, 'accuracyM', 0, 1_000_000),
      satellites: integerIn(fields.satellites, 'satellites', 0, 255),
      ignition: booleanOf(fields.ignition, 'ignition'),
      odometerM: numberIn(fields.odometerM, 'odometerM', 0, 1e10),
      batteryV: numberIn(fields.batteryV, 'batteryV', 0, 1_000),
      alarm: alarmOf(fields.alarm),
      attributes: attributesOf(withUnknown(fields), isPlain),
      doubts: hasFix ? 0 : Doubt.noFix,
      remarks: 0,
    };
  } catch (error) {
    if (error instanceof FieldError) return error.refused;
    throw error;
  }
}

const KNOWN = [
  'time',
  'lat',
  'lon',
  'speedKmh',
  'headingDeg',
  'altitudeM',
  'accuracyM',
  'satellites',
  'ignition',
  'odometerM',
  'batteryV',
  'alarm',
  'attributes',
] as const satisfies readonly (keyof z.infer<typeof nativePosition>)[];
const known = new Set<string>(KNOWN);

/** The attributes, with the fields of which this format does not know; its own attributes come first. */
function withUnknown(fields: { [Field in keyof z.infer<typeof nativePosition>]?: unknown }): unknown {
  const { attributes } = fields;
  let all: Record<string, unknown> | null = null;
  for (const key in fields) {
    // Assigning to `__proto__` would give the attributes another prototype; no tracker has such a field.
    if (known.has(key) || key === '__proto__') continue;
    // What is no object is refused as it is.
    if (attributes !== undefined && attributes !== null && !isObject(attributes)) return attributes;
    all ??= { ...attributes };
    if (!Object.hasOwn(all, key)) all[key] = (fields as Record<string, unknown>)[key];
  }
  return all ?? attributes;
}

function timeOf(time: unknown): number {
  if (time === undefined || time === null) throw new FieldError('missing_field', 'time is missing');
  if (typeof time === 'number' && Number.isInteger(time) && instantOfMs(time) !== null) return time;
  const parsed = typeof time === 'string' ? parseInstant(time) : null;
  if (parsed !== null) return parsed;
  throw new FieldError(
    'invalid_field',
    `time is ${shown(time)}, neither ISO 8601 with Z or an offset nor whole epoch milliseconds`,
  );
}

/** Any number: one beyond the globe is a bad fix, not a bad message. */
function degrees(value: unknown, name: string): number {
  if (value === undefined || value === null) throw new FieldError('missing_field', `${name} is missing`);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new FieldError('invalid_field', `${name} is ${shown(value)}, not a finite number`);
}

function numberIn(value: unknown, name: string, min: number, max: number): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number')
    throw new FieldError('invalid_field', `${name} is ${shown(value)}, not a number`);
  if (value >= min && value <= max) return value;
  throw new FieldError('invalid_field', `${name} is ${value}, not between ${min} and ${max}`);
}

function integerIn(value: unknown, name: string, min: number, max: number): number | null {
  const number = numberIn(value, name, min, max);
  if (number === null || Number.isInteger(number)) return number;
  throw new FieldError('invalid_field', `${name} is ${number}, not a whole number`);
}

function booleanOf(value: unknown, name: string): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value;
  throw new FieldError('invalid_field', `${name} is ${shown(value)}, not true or false`);
}

function alarmOf(alarm: unknown): string | null {
  if (alarm === undefined || alarm === null) return null;
  if (typeof alarm === 'string' && alarm.length > 0 && alarm.length <= MAX_ALARM_LENGTH)
    return storableText(alarm);
  throw new FieldError(
    'invalid_field',
    `alarm is ${shown(alarm)}, not a text of 1 to ${MAX_ALARM_LENGTH} characters`,
  );
}

function attributesOf(attributes: unknown, isPlain: boolean): Record<string, unknown> | null {
  if (attributes === undefined || attributes === null) return null;
  if (typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw new FieldError('invalid_field', `attributes is ${shown(attributes)}, not an object`);
  }
  const record = attributes as Record<string, unknown>;
  if (isPlain && !isDeeperThan(MAX_ATTRIBUTES_DEPTH, record)) return isEmpty(record) ? null : record;
  const storable = storableAttributes(record);
  if (storable !== 'too_long') return storable;
  throw new FieldError(
    'invalid_field',
    `attributes take more than ${MAX_ATTRIBUTES_BYTES} bytes or ${MAX_ATTRIBUTES_DEPTH} levels`,
  );
}

function isEmpty(record: Record<string, unknown>): boolean {
  for (const key in record) if (Object.hasOwn(record, key)) return false;
  return true;
}
