import type { z } from 'zod';
import type { Position } from '../../position.ts';
import {
  type Adapter,
  type Decoded,
  MAX_POSITIONS_PER_MESSAGE,
  type Refusal,
  type RefusalReason,
} from '../adapter.ts';
import { fixTimeProblem } from '../fix-time.ts';
import { parseInstant } from './instant.ts';
import type { nativePosition } from './schema.ts';
import { storableJson, storableText } from './storable-text.ts';

const MAX_ALARM_LENGTH = 64;
const MAX_ATTRIBUTES_BYTES = 8 * 1_024;

/** `devices/{ident}/positions`: one JSON object or an array of them (schema.ts says of what). */
export const nativeJson: Adapter = {
  name: 'native-json',
  reads: (topic) => topic.startsWith('devices/') && topic.endsWith('/positions'),
  decode,
};

function decode(payload: Buffer, receivedAtMs: number): Decoded {
  const text = payload.toString();
  // Without an escape there is nothing in it that the database could not hold, and what is short
  // as a whole has no long part: nearly all messages need no closer look at their texts.
  const isPlain = text.length <= MAX_ATTRIBUTES_BYTES && !text.includes('\\u');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return refuseAll('malformed', `not JSON: ${(error as Error).message}`);
  }
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
    else refusals.push({ ...decoded, item, payload: Buffer.from(JSON.stringify(value)) });
  }
  return { positions, refusals };
}

function refuseAll(reason: RefusalReason, detail: string): Decoded {
  return { positions: [], refusals: [{ reason, detail, item: 0 }] };
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
    const fixTimeMs = timeOf(fields.time);
    const problem = fixTimeProblem(fixTimeMs, receivedAtMs);
    if (problem) return { reason: 'time_out_of_range', detail: problem };
    return {
      fixTimeMs,
      receivedAtMs,
      lat: required(numberIn(fields.lat, 'lat', -90, 90), 'lat'),
      lon: required(numberIn(fields.lon, 'lon', -180, 180), 'lon'),
      speedKmh: numberIn(fields.speedKmh, 'speedKmh', 0, 1_000),
      headingDeg: numberIn(fields.headingDeg, 'headingDeg', 0, 360),
      altitudeM: numberIn(fields.altitudeM, 'altitudeM', -1_000, 100_000),
      accuracyM: numberIn(fields.accuracyM, 'accuracyM', 0, 1_000_000),
      satellites: integerIn(fields.satellites, 'satellites', 0, 255),
      ignition: booleanOf(fields.ignition, 'ignition'),
      odometerM: numberIn(fields.odometerM, 'odometerM', 0, 1e10),
      batteryV: numberIn(fields.batteryV, 'batteryV', 0, 1_000),
      alarm: alarmOf(fields.alarm),
      attributes: attributesOf(fields.attributes, isPlain),
    };
  } catch (error) {
    if (error instanceof FieldError) return error.refused;
    throw error;
  }
}

function timeOf(time: unknown): number {
  if (time === undefined || time === null) throw new FieldError('missing_field', 'time is missing');
  if (typeof time === 'number' && Number.isSafeInteger(time)) return time;
  const parsed = typeof time === 'string' ? parseInstant(time) : null;
  if (parsed !== null) return parsed;
  throw new FieldError(
    'invalid_field',
    `time is ${shown(time)}, neither ISO 8601 with Z or an offset nor whole epoch milliseconds`,
  );
}

function required(value: number | null, name: string): number {
  if (value === null) throw new FieldError('missing_field', `${name} is missing`);
  return value;
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
  if (isPlain) return Object.keys(attributes).length === 0 ? null : (attributes as Record<string, unknown>);
  const json = JSON.stringify(attributes);
  if (json.length > MAX_ATTRIBUTES_BYTES) {
    throw new FieldError(
      'invalid_field',
      `attributes take ${json.length} characters, at most ${MAX_ATTRIBUTES_BYTES}`,
    );
  }
  if (json === '{}') return null;
  const storable = storableJson(json);
  return (storable === json ? attributes : JSON.parse(storable)) as Record<string, unknown>;
}

/** A value for a message to people, cut to a length that fits one. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
