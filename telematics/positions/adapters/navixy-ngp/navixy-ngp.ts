import type { Position } from '../../position.ts';
import type { Adapter } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import {
  cellVolts,
  column,
  type Draft,
  dilution,
  doubtFix,
  drop,
  type FieldTable,
  finished,
  isToldAgain,
  keep,
  namedBoolean,
  namedNumber,
  percent,
  placeFix,
  readFields,
  satellites,
  type Take,
} from '../field-table.ts';
import { isObject, shown } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { decodeJsonItems, type Refused } from '../json-payload.ts';
import { ngpEvents } from './events.ts';

const PREFIX = 'ngp/';
const IGNITION_OFF = 604;
const IGNITION_ON = 605;
/** Before version 1.2 there is no `source_type`, and only this event tells that cells gave the position. */
const LBS_POINT = 402;

/** `ngp/{device_id}`: the Navixy Generic Protocol 1.0 to 1.2, one JSON object (or a list of them). */
export const navixyNgp: Adapter = {
  name: 'navixy-ngp',
  reads: (topic) =>
    topic.startsWith(PREFIX) && topic.length > PREFIX.length && !topic.includes('/', PREFIX.length),
  identOf: (topic) => topic.slice(PREFIX.length),
  decode: (payload, { topic, receivedAtMs }) => {
    const ident = topic.slice(PREFIX.length);
    return decodeJsonItems(payload, (item) => decodeItem(item, ident, receivedAtMs));
  },
};

const event: Take = (draft, value) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
  const [name, ...alarms] = ngpEvents.get(value) ?? [value];
  draft.attributes.event = name;
  draft.alarms.push(...alarms);
  if (value === IGNITION_OFF || value === IGNITION_ON) draft.position.ignition = value === IGNITION_ON;
  if (value === LBS_POINT) doubtFix(draft);
  return true;
};

const LOCATION: FieldTable = new Map<string, Take>([
  ['latitude', drop],
  ['longitude', drop],
  ['gnss_time', drop],
  ['altitude', column('altitudeM')],
  ['satellites', satellites],
  ['speed', column('speedKmh')],
  ['heading', column('headingDeg')],
  ['precision', column('accuracyM')],
  ['hdop', namedNumber('hdop', dilution)],
  ['pdop', namedNumber('pdop', dilution)],
  ['fix_type', fixType],
  ['source_type', sourceType],
]);

const MESSAGE: FieldTable = new Map<string, Take>([
  ['message_time', drop],
  ['device_id', drop],
  ['location', drop],
  ['event_id', event],
  ['is_moving', namedBoolean('moving')],
  ['hardware_mileage', column('odometerM', 1_000)],
  ['board_voltage', column('batteryV')],
  ['battery_voltage', namedNumber('deviceBatteryV', cellVolts)],
  ['battery_level', namedNumber('batteryPercent', percent)],
]);

/** `HAS_FIX` is what is meant where nothing is said; `FIX_2D` and `FIX_3D` are kept for what they add. */
function fixType(draft: Draft, value: unknown): boolean {
  if (value === 'NO_FIX' || value === 'LAST_KNOWN_POSITION') doubtFix(draft);
  return value === 'HAS_FIX';
}

/** Cells and access points place a vehicle within hundreds of metres: that is no GNSS fix. */
function sourceType(draft: Draft, value: unknown): boolean {
  if (value !== 'GNSS') doubtFix(draft);
  return value === 'GNSS';
}

function decodeItem(item: unknown, ident: string, receivedAtMs: number): Position | Refused {
  if (!isObject(item)) return { reason: 'malformed', detail: 'not an object' };
  const { message_time: time, device_id: deviceId, location } = item;
  if (time === undefined || time === null)
    return { reason: 'missing_field', detail: 'message_time is missing' };
  const messageMs = typeof time === 'string' ? parseInstant(time) : null;
  if (messageMs === null) {
    return { reason: 'invalid_field', detail: `message_time is ${shown(time)}, not ISO 8601 with Z` };
  }
  const draft: Draft = { position: emptyPosition(messageMs, { receivedAtMs }), attributes: {}, alarms: [] };
  if (isObject(location)) readLocation(draft, location, messageMs);
  else keep(draft, 'location', location);
  // The topic says whose it is; another ident in the payload tells of a wrong configuration.
  if (deviceId !== ident) keep(draft, 'device_id', deviceId);
  readFields(draft, item, MESSAGE);
  return finished(draft);
}

function readLocation(draft: Draft, location: Record<string, unknown>, messageMs: number): void {
  placeFix(draft, location, 'latitude', 'longitude');
  const gnssMs = typeof location.gnss_time === 'string' ? parseInstant(location.gnss_time) : null;
  if (gnssMs === null) keep(draft, 'gnss_time', location.gnss_time);
  else if (isToldAgain(messageMs, gnssMs)) {
    doubtFix(draft);
    keep(draft, 'gnss_time', location.gnss_time);
  } else {
    draft.position.fixTimeMs = gnssMs;
    if (gnssMs !== messageMs) keep(draft, 'message_time', new Date(messageMs).toISOString());
  }
  readFields(draft, location, LOCATION);
}
