import { type Alarm, alarmText } from '../../alarms.ts';
import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import { MAX_ATTRIBUTES_BYTES, storableAttributes } from '../attributes.ts';
import { emptyPosition } from '../empty-position.ts';
import { instantOfMs, range, satellitesOf, shown, within } from '../fields.ts';
import type { Refused } from '../json-payload.ts';
import { shortNumeric } from '../record-fields.ts';
import { eventAlarm, stateAlarm } from '../teltonika-avl/avl-alarms.ts';
import { ioName } from '../teltonika-avl/avl-parameters.ts';
import {
  ANY_WIDTH,
  type Attributes,
  applyNumber,
  applyText,
  isTextual,
  keep,
} from '../teltonika-avl/avl-values.ts';
import { parseLatLng } from './latlng.ts';

const AVL_ID = /^(?:0|[1-9]\d{0,4})$/;
const MAX_AVL_ID = 65_535;

/**
 * One `reported` object of Codec JSON (https://wiki.teltonika-gps.com/view/Codec_JSON).
 * `isPlain` spares what is too short to fill the attributes, and has no escapes, a closer look.
 */
export function readRecord(
  reported: Record<string, unknown>,
  receivedAtMs: number,
  isPlain: boolean,
): Position | Refused {
  const answer = reported['RSP'];
  const isAnswer = typeof answer === 'string' && reported['ts'] === undefined;
  const fixTimeMs = isAnswer ? receivedAtMs : instantOfMs(shortNumeric(reported['ts']));
  if (fixTimeMs === null) {
    return reported['ts'] === undefined
      ? { reason: 'missing_field', detail: 'ts is missing' }
      : { reason: 'invalid_field', detail: `ts is ${shown(reported['ts'])}, not epoch milliseconds` };
  }
  const attributes: Attributes = {};
  const position = emptyPosition(fixTimeMs, { receivedAtMs });
  readFix(reported, position, attributes);
  const priority = numberAt(reported, 'pr', attributes) ?? 0;
  const event = numberAt(reported, 'evt', attributes);
  if (priority !== 0) attributes['priority'] = priority;
  if (event !== null && event !== 0) attributes['event'] = event;
  if (typeof answer === 'string') attributes['commandAnswer'] = answer;
  else if (answer !== undefined) keepUnread(attributes, 'RSP', answer);

  const states: Alarm[] = [];
  for (const key in reported) {
    const value = reported[key];
    if (value === null) continue;
    const id = AVL_ID.test(key) ? Number(key) : Number.NaN;
    if (!(id <= MAX_AVL_ID)) {
      keepOwn(attributes, key, value);
      continue;
    }
    const number = calculable(id, value);
    if (number === null) {
      if (typeof value === 'string') applyText(attributes, id, value);
      else keep(attributes, ioName(id), value);
      continue;
    }
    applyNumber(position, attributes, id, ANY_WIDTH, number);
    if (id === event) position.alarm = eventAlarm(id, number, priority);
    const state = event === null ? stateAlarm(id, number) : null;
    if (state !== null) states.push(state);
  }
  if (event === null) position.alarm = alarmText(states);
  const storable = isPlain ? attributes : storableAttributes(attributes);
  if (storable === 'too_long') {
    return { reason: 'invalid_field', detail: `attributes take more than ${MAX_ATTRIBUTES_BYTES} bytes` };
  }
  position.attributes = storable === null || Object.keys(storable).length === 0 ? null : storable;
  return position;
}

function readFix(reported: Record<string, unknown>, position: Position, attributes: Attributes): void {
  const { latlng } = reported;
  const fix = parseLatLng(latlng);
  if (fix === undefined && latlng !== undefined) keepUnread(attributes, 'latlng', latlng);
  position.altitudeM = column(reported, 'alt', range.altitudeM, attributes);
  position.headingDeg = column(reported, 'ang', range.headingDeg, attributes);
  position.speedKmh = column(reported, 'sp', range.speedKmh, attributes);
  const satellites = numberAt(reported, 'sat', attributes);
  position.satellites = satellitesOf(satellites);
  if (position.satellites === null && satellites !== null) attributes['sat'] = satellites;
  if (fix === undefined || fix === null) return;
  position.lat = fix.lat;
  position.lon = fix.lon;
  // Without a fix a tracker tells the last one again, with no satellites.
  position.doubts = position.satellites === 0 ? Doubt.noFix : 0;
}

function column(
  reported: Record<string, unknown>,
  key: string,
  limits: readonly [number, number],
  attributes: Attributes,
): number | null {
  const number = numberAt(reported, key, attributes);
  const value = within(number, limits);
  if (value === null && number !== null) attributes[key] = number;
  return value;
}

/** The number under a key, or null; what is there instead of one is kept. */
function numberAt(reported: Record<string, unknown>, key: string, attributes: Attributes): number | null {
  const number = shortNumeric(reported[key]);
  if (number === null && reported[key] !== undefined) keepUnread(attributes, key, reported[key]);
  return number;
}

/** A field of a record that no column could take, under its own key; what is nested is shown as text. */
function keepUnread(attributes: Attributes, key: string, value: unknown): void {
  if (value !== null) attributes[key] = typeof value === 'object' ? shown(value) : value;
}

/** Fields that {@link readRecord} has read. */
const READ = new Set(['ts', 'pr', 'latlng', 'alt', 'ang', 'sat', 'sp', 'evt', 'RSP']);

function keepOwn(attributes: Attributes, key: string, value: unknown): void {
  if (!READ.has(key)) keep(attributes, key, value);
}

/** The number of an I/O element, unless it is a text or has more digits than a number keeps. */
function calculable(id: number, value: unknown): number | null {
  const number = shortNumeric(value);
  if (typeof value === 'number' || number === null) return number;
  return isTextual(id) || Math.abs(number) > Number.MAX_SAFE_INTEGER ? null : number;
}
