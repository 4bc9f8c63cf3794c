import { isAscii } from 'node:buffer';
import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import { type Decoded, MAX_POSITIONS_PER_MESSAGE } from '../adapter.ts';
import { MAX_ATTRIBUTES_BYTES, storableAttributes } from '../attributes.ts';
import { range } from '../fields.ts';
import { eventAlarm } from '../teltonika-avl/avl-alarms.ts';
import { ioName, Kind, parameter } from '../teltonika-avl/avl-parameters.ts';
import { type Attributes, applyLong, applyNumber, applyText, keep } from '../teltonika-avl/avl-values.ts';

/** What tells the codecs apart (https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Protocols). */
interface Layout {
  codec: number;
  /** Width of an I/O element's id, bytes. */
  idBytes: 1 | 2;
  /** Width of a count of I/O elements, bytes. */
  countBytes: 1 | 2;
  hasGenerationType: boolean;
  /** Of the groups of elements, each twice as wide as the one before, the last; bytes. */
  widest: 8 | 16;
  /** Whether elements of variable length follow. */
  hasVariable: boolean;
}

const LAYOUTS: readonly Layout[] = [
  { codec: 0x08, idBytes: 1, countBytes: 1, hasGenerationType: false, widest: 8, hasVariable: false },
  { codec: 0x8e, idBytes: 2, countBytes: 2, hasGenerationType: false, widest: 8, hasVariable: true },
  { codec: 0x10, idBytes: 2, countBytes: 1, hasGenerationType: true, widest: 8, hasVariable: false },
];

/**
 * Codec 8 as some trackers extend it on their own: with a group of sixteen bytes. Nothing in a
 * packet announces it, so it is tried where the plain layout does not come out to the byte.
 */
const WIDE_CODEC_8: Layout = {
  codec: 0x08,
  idBytes: 1,
  countBytes: 1,
  hasGenerationType: false,
  widest: 16,
  hasVariable: false,
};

/** Timestamp, priority and GPS element. */
const FIXED_BYTES = 24;
/** 0 low, 1 high, 2 panic; 3 "security" on old models. */
const MAX_PRIORITY = 3;
const MAX_INSTANT_MS = 8.64e15;
/** What Codec 8 can count to in its four widths; no tracker sends a record of more. */
const MAX_ELEMENTS = 4 * 255;
/**
 * A record with more elements is a large one. Up to here they never fill {@link MAX_ATTRIBUTES_BYTES},
 * with 80 bytes each, and objects with many more keys become ten times slower to fill.
 */
const LARGE_RECORD_ELEMENTS = 100;
/** In all large records of a message; a packet of the greatest documented size, 1,280 bytes, has at most 640. */
const MAX_LARGE_RECORD_ELEMENTS = 2_560;

export function isRecordCodec(codec: number): boolean {
  return layoutOf(codec) !== undefined;
}

function layoutOf(codec: number): Layout | undefined {
  return LAYOUTS.find((layout) => layout.codec === codec);
}

/** What a walk over a data field has come to; one is made per message. */
export interface Walk {
  /** Where the next byte is. */
  at: number;
  /** What is wrong with the bytes there, or null. */
  problem: string | null;
  /** I/O elements in large records so far. */
  largeRecordElements: number;
}

/**
 * Appends the positions of a data field, from its codec id at `start` up to `end`, and refusals of
 * single records. With a `walk.problem` what was appended is not to be used; otherwise `walk.at`
 * is behind the second count.
 */
export function readRecords(
  bytes: Buffer,
  start: number,
  end: number,
  receivedAtMs: number,
  into: Decoded,
  walk: Walk,
  layout = layoutOf(bytes[start] as number) as Layout,
): void {
  const count = bytes[start + 1] as number;
  walk.at = start + 2;
  walk.problem = count === 0 ? 'no records' : null;
  for (let record = 0; record < count && walk.problem === null; record++) {
    readRecord(bytes, end - 1, layout, receivedAtMs, into, walk);
    if (walk.problem !== null) walk.problem = `record ${record + 1} of ${count}: ${walk.problem}`;
  }
  if (walk.problem !== null) return;
  const secondCount = bytes[walk.at];
  walk.at++;
  if (secondCount !== count) {
    walk.problem = `${count} records announced at the start and ${secondCount} at the end`;
  }
}

/** The same for a data field whose end is certain, and must be reached. */
export function readWholeRecords(
  bytes: Buffer,
  start: number,
  end: number,
  receivedAtMs: number,
  into: Decoded,
  walk: Walk,
): void {
  const positions = into.positions.length;
  const refusals = into.refusals.length;
  readRecords(bytes, start, end, receivedAtMs, into, walk);
  if (walk.problem === null && walk.at === end) return;
  const problem = walk.problem ?? `byte ${walk.at}: ${end - walk.at} bytes behind the records`;
  if (bytes[start] === WIDE_CODEC_8.codec) {
    into.positions.length = positions;
    into.refusals.length = refusals;
    readRecords(bytes, start, end, receivedAtMs, into, walk, WIDE_CODEC_8);
    if (walk.problem === null && walk.at === end) return;
  }
  walk.problem = problem;
}

function readRecord(
  bytes: Buffer,
  end: number,
  layout: Layout,
  receivedAtMs: number,
  into: Decoded,
  walk: Walk,
): void {
  const start = walk.at;
  const { idBytes, countBytes } = layout;
  const elementsAt = start + FIXED_BYTES + idBytes + (layout.hasGenerationType ? 1 : 0) + countBytes;
  if (elementsAt > end) {
    walk.problem = `byte ${start}: ${end - start} bytes are left, at least ${elementsAt - start} expected`;
    return;
  }
  const priority = bytes[start + 8] as number;
  if (priority > MAX_PRIORITY) {
    walk.problem = `byte ${start + 8}: a priority of ${priority}, at most ${MAX_PRIORITY}`;
    return;
  }
  const attributes: Attributes = {};
  const position = readFix(bytes, start, receivedAtMs, attributes);
  let at = start + FIXED_BYTES;
  const event = idBytes === 1 ? (bytes[at] as number) : bytes.readUInt16BE(at);
  at += idBytes;
  if (event !== 0) attributes['event'] = event;
  if (priority !== 0) attributes['priority'] = priority;
  if (layout.hasGenerationType) attributes['generationType'] = bytes[at++];
  // The total of all elements follows. Real trackers miscount it; the counts of each width decide.
  at += countBytes;

  let elements = 0;
  for (let width = 1; width <= layout.widest; width *= 2) {
    if (at + countBytes > end) return endsEarly(walk, at, countBytes, end);
    const count = countBytes === 1 ? (bytes[at] as number) : bytes.readUInt16BE(at);
    at += countBytes;
    if (count === 0) continue;
    if (count * (idBytes + width) > end - at) return endsEarly(walk, at, count * (idBytes + width), end);
    elements += count;
    if (elements > LARGE_RECORD_ELEMENTS && isTooLarge(elements, walk)) return;
    for (let left = count; left > 0; left--) {
      const id = idBytes === 1 ? (bytes[at] as number) : bytes.readUInt16BE(at);
      at += idBytes;
      if (width === 16) {
        keep(attributes, ioName(id), bytes.toString('hex', at, at + width));
      } else if (width === 8) {
        applyLong(position, attributes, id, bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4));
      } else {
        const raw =
          width === 1 ? (bytes[at] as number) : width === 2 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);
        applyNumber(position, attributes, id, width, raw);
        if (id === event && width === 1) position.alarm ??= eventAlarm(id, raw, priority);
      }
      at += width;
    }
  }
  let mayBeLong = elements > LARGE_RECORD_ELEMENTS;
  if (mayBeLong) walk.largeRecordElements += elements;
  if (layout.hasVariable) {
    const textsAt = at;
    at = readVariable(bytes, at, end, attributes, walk);
    if (walk.problem !== null) return;
    mayBeLong ||= at - textsAt > 2;
  }
  walk.at = at;
  finish(bytes, start, layout, position, attributes, mayBeLong, into, walk);
}

/** The record without its I/O elements. Keys of its raw values are those of Codec JSON. */
function readFix(bytes: Buffer, start: number, receivedAtMs: number, attributes: Attributes): Position {
  const lon = bytes.readInt32BE(start + 9);
  const lat = bytes.readInt32BE(start + 13);
  const altitudeM = bytes.readInt16BE(start + 17);
  const headingDeg = bytes.readUInt16BE(start + 19);
  const satellites = bytes[start + 21] as number;
  const speedKmh = bytes.readUInt16BE(start + 22);
  if (altitudeM < range.altitudeM[0]) attributes['alt'] = altitudeM;
  if (headingDeg > range.headingDeg[1]) attributes['ang'] = headingDeg;
  if (speedKmh > range.speedKmh[1]) attributes['sp'] = speedKmh;
  // Without a fix there are the last known coordinates, or zeros, and no satellites.
  const hasCoordinates = satellites !== 0 || lat !== 0 || lon !== 0;
  return {
    fixTimeMs: bytes.readUInt32BE(start) * 2 ** 32 + bytes.readUInt32BE(start + 4),
    receivedAtMs,
    lat: hasCoordinates ? lat / 1e7 : null,
    lon: hasCoordinates ? lon / 1e7 : null,
    speedKmh: speedKmh > range.speedKmh[1] ? null : speedKmh,
    headingDeg: headingDeg > range.headingDeg[1] ? null : headingDeg,
    altitudeM: altitudeM < range.altitudeM[0] ? null : altitudeM,
    accuracyM: null,
    satellites,
    ignition: null,
    odometerM: null,
    batteryV: null,
    alarm: null,
    attributes: null,
    doubts: satellites === 0 ? Doubt.noFix : 0,
    remarks: 0,
  };
}

function isTooLarge(elements: number, walk: Walk): boolean {
  if (elements > MAX_ELEMENTS) {
    walk.problem = `byte ${walk.at}: more than ${MAX_ELEMENTS} I/O elements in a record`;
  } else if (walk.largeRecordElements + elements > MAX_LARGE_RECORD_ELEMENTS) {
    walk.problem = `byte ${walk.at}: more than ${MAX_LARGE_RECORD_ELEMENTS} I/O elements in large records`;
  }
  return walk.problem !== null;
}

function endsEarly(walk: Walk, at: number, expected: number, end: number): void {
  walk.problem = `byte ${at}: ${end - at} bytes are left for I/O elements, ${expected} expected`;
}

function readVariable(bytes: Buffer, start: number, end: number, attributes: Attributes, walk: Walk): number {
  let at = start;
  if (at + 2 > end) {
    endsEarly(walk, at, 2, end);
    return at;
  }
  let left = bytes.readUInt16BE(at);
  at += 2;
  if (left > MAX_ELEMENTS) walk.problem = `byte ${at}: more than ${MAX_ELEMENTS} I/O elements in a record`;
  for (; left > 0 && walk.problem === null; left--) {
    if (at + 4 > end) {
      endsEarly(walk, at, 4, end);
      return at;
    }
    const id = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    at += 4;
    if (length > end - at) {
      endsEarly(walk, at, length, end);
      return at;
    }
    const value = bytes.subarray(at, at + length);
    if (parameter(id)?.kind === Kind.text && isAscii(value)) {
      applyText(attributes, id, value.toString('latin1').replaceAll('\0', '').trim());
    } else {
      keep(attributes, ioName(id), value.toString('hex'));
    }
    at += length;
  }
  return at;
}

function finish(
  bytes: Buffer,
  start: number,
  layout: Layout,
  position: Position,
  attributes: Attributes,
  mayBeLong: boolean,
  into: Decoded,
  walk: Walk,
): void {
  const unchecked = Object.keys(attributes).length === 0 ? null : attributes;
  const storable = mayBeLong ? storableAttributes(attributes) : unchecked;
  if (storable !== 'too_long' && position.fixTimeMs <= MAX_INSTANT_MS) {
    position.attributes = storable;
    into.positions.push(position);
    return;
  }
  const detail =
    storable === 'too_long'
      ? `I/O elements take more than ${MAX_ATTRIBUTES_BYTES} bytes as attributes`
      : `the timestamp ${position.fixTimeMs} is no instant`;
  // One record as a data field of its own, which the decoder reads without its packet around it.
  const own = Buffer.from([layout.codec, 1, ...bytes.subarray(start, walk.at), 1]);
  const item = Math.min(into.positions.length + into.refusals.length, MAX_POSITIONS_PER_MESSAGE);
  into.refusals.push({ reason: 'invalid_field', detail, item, payload: own });
}
