import { performance } from 'node:perf_hooks';
import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import {
  type Adapter,
  type AddressedPart,
  type Decoded,
  MAX_POSITIONS_PER_MESSAGE,
  type Refusal,
} from '../adapter.ts';
import { MAX_ATTRIBUTES_BYTES } from '../attributes.ts';
import { emptyPosition } from '../empty-position.ts';
import { range } from '../fields.ts';
import { brokenBytes, mutatedSample, randomBytes, randomJson, seededRandom } from './mutations.ts';

/** No payload may hold up the others behind it for longer. */
export const MAX_DECODE_MS = 10;
const TIMED_RUNS = 3;
const MAX_INSTANT_MS = 8.64e15;
const MAX_SHOWN_BYTES = 2 * 1_024;
const RECEIVED_AT_MS = Date.UTC(2026, 10, 20, 10);
const SHAPE = Object.keys(emptyPosition(0, { receivedAtMs: 0 })).join();

/**
 * Every truncation of the samples, every bit and every byte of them flipped, then `count` more of
 * random bytes, random JSON and mutated samples. The same seed gives the same payloads.
 */
export function* hostilePayloads(
  samples: readonly Buffer[],
  count: number,
  seed: number,
): Generator<Buffer, void, undefined> {
  for (const sample of samples) yield* brokenBytes(sample);
  const random = seededRandom(seed);
  for (let at = 0; at < count; at++) {
    const kind = random();
    if (kind < 0.15 || samples.length === 0) yield randomBytes(random);
    else if (kind < 0.25) yield randomJson(random);
    else yield mutatedSample(samples, random);
  }
}

/**
 * Throws, with the payload in hex, unless the adapter makes of it at least one well-formed
 * position or refusal, in time and without an exception; likewise of each part of a gateway's.
 */
export function checkDecoding(adapter: Adapter, topic: string, payload: Buffer): void {
  const fail = (problem: string, cause?: unknown): never => {
    const hex = payload.subarray(0, MAX_SHOWN_BYTES).toString('hex');
    const length = payload.length > MAX_SHOWN_BYTES ? ` (the first of ${payload.length} bytes)` : '';
    throw new Error(`${adapter.name} on ${topic}: ${problem}; payload in hex${length}: ${hex}`, { cause });
  };
  let split: AddressedPart[] | Refusal = [];
  const decoded: Decoded[] = [];
  const decodeAll = (): void => {
    decoded.length = 0;
    const origin = { topic, receivedAtMs: RECEIVED_AT_MS };
    if (adapter.split !== undefined) split = adapter.split(payload);
    if (!Array.isArray(split)) return;
    for (const part of split) decoded.push(adapter.decode(part.payload, origin));
    if (adapter.split === undefined) decoded.push(adapter.decode(payload, origin));
  };
  let bestMs = Number.POSITIVE_INFINITY;
  try {
    for (let run = 0; run < TIMED_RUNS && bestMs > MAX_DECODE_MS; run++) {
      const startedAtMs = performance.now();
      decodeAll();
      bestMs = Math.min(bestMs, performance.now() - startedAtMs);
    }
    // Whoever calls it with a whole message of a gateway must not meet an exception either.
    if (adapter.split !== undefined) {
      decoded.push(adapter.decode(payload, { topic, receivedAtMs: RECEIVED_AT_MS }));
    }
  } catch (error) {
    fail(`threw ${String(error)}`, error);
  }
  if (bestMs > MAX_DECODE_MS) fail(`took ${bestMs.toFixed(1)} ms, more than ${MAX_DECODE_MS}`);
  const splitProblem = Array.isArray(split) ? partsProblem(split) : refusalProblem(split);
  if (splitProblem !== null) fail(`split: ${splitProblem}`);
  for (const one of decoded) {
    const problem = decodedProblem(one);
    if (problem !== null) fail(problem);
  }
}

function decodedProblem({ positions, refusals }: Decoded): string | null {
  if (positions.length + refusals.length === 0) return 'neither a position nor a refusal';
  if (positions.length + refusals.length > MAX_POSITIONS_PER_MESSAGE)
    return 'more items than a message may have';
  for (const refusal of refusals) {
    const problem = refusalProblem(refusal);
    if (problem !== null) return problem;
  }
  for (const position of positions) {
    const problem = positionProblem(position);
    if (problem !== null) return problem;
  }
  return null;
}

function partsProblem(parts: readonly AddressedPart[]): string | null {
  for (const { ident, payload } of parts) {
    if (typeof ident !== 'string' || ident === '' || !isStorable(ident)) return `the ident ${ident}`;
    if (!Buffer.isBuffer(payload)) return 'a part that is no buffer';
  }
  return null;
}

function refusalProblem({ reason, detail, item, payload }: Refusal): string | null {
  if (!/^[a-z_]+$/.test(reason)) return `a refusal with the reason ${reason}`;
  if (detail === '' || detail.length > 1_000) return `a detail of ${detail.length} characters`;
  if (detail.includes('\0')) return 'a detail with U+0000, which PostgreSQL does not take';
  if (!Number.isInteger(item) || item < 0) return `a refusal of item ${item}`;
  return payload === undefined || Buffer.isBuffer(payload) ? null : 'a refused payload that is no buffer';
}

/** What is wrong with a position's form, or null; whether its fix is believable is judged elsewhere. */
function positionProblem(position: Position): string | null {
  const { fixTimeMs, receivedAtMs, lat, lon, satellites, ignition, alarm, doubts, remarks } = position;
  if (Object.keys(position).join() !== SHAPE) return `the shape ${Object.keys(position).join()}`;
  if (!Number.isInteger(fixTimeMs) || Math.abs(fixTimeMs) > MAX_INSTANT_MS) return `fixTimeMs ${fixTimeMs}`;
  if (receivedAtMs !== RECEIVED_AT_MS) return `receivedAtMs ${receivedAtMs}`;
  if ((lat === null) !== (lon === null)) return `lat ${lat} with lon ${lon}`;
  if (lat !== null && !(Number.isFinite(lat) && Number.isFinite(lon))) return `lat ${lat}, lon ${lon}`;
  if (doubts !== 0 && doubts !== Doubt.noFix) return `doubts ${doubts}`;
  if (lat === null && doubts !== Doubt.noFix) return 'no coordinates, and no doubt of the fix';
  if (remarks !== 0) return `remarks ${remarks}`;
  for (const name of Object.keys(range) as (keyof typeof range)[]) {
    const value = position[name];
    const [min, max] = range[name];
    if (value !== null && !(typeof value === 'number' && value >= min && value <= max))
      return `${name} ${value}`;
  }
  if (satellites !== null && !Number.isInteger(satellites)) return `satellites ${satellites}`;
  if (ignition !== null && typeof ignition !== 'boolean') return `ignition ${String(ignition)}`;
  if (alarm !== null && (typeof alarm !== 'string' || alarm === '' || !isStorable(alarm)))
    return `alarm ${alarm}`;
  return attributesProblem(position.attributes);
}

function attributesProblem(attributes: Position['attributes']): string | null {
  if (attributes === null) return null;
  if (Object.getPrototypeOf(attributes) !== Object.prototype && Object.getPrototypeOf(attributes) !== null) {
    return 'attributes with a foreign prototype';
  }
  const json = JSON.stringify(attributes);
  if (json === '{}') return 'empty attributes instead of null';
  if (Buffer.byteLength(json) > MAX_ATTRIBUTES_BYTES) return `attributes of ${Buffer.byteLength(json)} bytes`;
  // PostgreSQL's jsonb takes neither; a backslash that is itself escaped comes in pairs.
  const lone = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(json);
  return lone ? `attributes that cannot be stored: ${json}` : null;
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
