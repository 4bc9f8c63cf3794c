import type { Position } from '../../position.ts';
import { Doubt } from '../../quality/doubts.ts';
import type { Adapter } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import {
  cellVolts,
  celsius,
  column,
  type Draft,
  dilution,
  doubtFix,
  drop,
  type FieldTable,
  finished,
  ignition,
  isToldAgain,
  keep,
  namedBoolean,
  namedNumber,
  percent,
  placeFix,
  readFields,
  revolutions,
  satellites,
  type Take,
} from '../field-table.ts';
import { finite, instantOfMs, isObject, shown } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { identText, splitByIdent } from '../json-gateway.ts';
import { decodeJsonItems, type Refused } from '../json-payload.ts';
import { matchesFilter } from '../topic-filter.ts';
import { traccarAlarms } from './alarms.ts';

const KMH_PER_KNOT = 1.852;
/** Any number that a tracker may give as its signal, in whatever scale. */
const signal = [-1_000, 1_000] as const;

/**
 * Positions that a Traccar server forwards with `forward.type=mqtt`: `{"position":…, "device":…}`,
 * or a list of such, on the given topic or MQTT filter. A gateway's format: `device.uniqueId` says
 * whose a position is.
 */
export function traccarForward(topic: string): Adapter {
  return {
    name: 'traccar-forward',
    reads: (candidate) => matchesFilter(topic, candidate),
    identOf: () => null,
    decode: (payload, { receivedAtMs }) => decodeJsonItems(payload, (item) => decodeItem(item, receivedAtMs)),
    split: (payload) => splitByIdent(payload, identOf),
  };
}

function identOf(item: unknown): string | Refused {
  if (!isObject(item)) return { reason: 'malformed', detail: 'not an object' };
  return identText(isObject(item.device) ? item.device.uniqueId : null, 'device.uniqueId');
}

/** Attributes that drivers set, `Position.KEY_*`. Those in units that vary keep their own name. */
const ATTRIBUTES: FieldTable = new Map<string, Take>([
  ['sat', satellites],
  ['ignition', ignition],
  ['odometer', column('odometerM')],
  ['power', column('batteryV')],
  ['battery', namedNumber('deviceBatteryV', cellVolts)],
  ['batteryLevel', namedNumber('batteryPercent', percent)],
  ['fuelLevel', namedNumber('fuelPercent', percent)],
  ['motion', namedBoolean('moving')],
  ['charge', namedBoolean('charging')],
  ['archive', namedBoolean('buffered')],
  ['rpm', namedNumber('engineRpm', revolutions)],
  ['coolantTemp', namedNumber('coolantC', celsius)],
  ['rssi', namedNumber('gsmSignal', signal)],
  ['hdop', namedNumber('hdop', dilution)],
  ['pdop', namedNumber('pdop', dilution)],
  ['result', commandAnswer],
  ['alarm', alarm],
]);

const POSITION: FieldTable = new Map<string, Take>([
  // Numbers of Traccar's own tables; the position has none yet when it is forwarded.
  ['id', drop],
  ['deviceId', drop],
  ['attributes', drop],
  ['fixTime', drop],
  ['deviceTime', drop],
  ['latitude', drop],
  ['longitude', drop],
  ['speed', column('speedKmh', KMH_PER_KNOT)],
  ['course', column('headingDeg')],
  ['altitude', column('altitudeM')],
  ['accuracy', accuracy],
  ['valid', saysNoFix(false)],
  ['outdated', saysNoFix(true)],
]);

/** 0 is where Traccar's field starts from: it says that the tracker gave none. */
function accuracy(draft: Draft, value: unknown): boolean {
  return value === 0 || column('accuracyM')(draft, value);
}

function saysNoFix(when: boolean): Take {
  return (draft, value) => {
    if (value === when) doubtFix(draft);
    return typeof value === 'boolean';
  };
}

function commandAnswer({ attributes }: Draft, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  attributes.commandAnswer = value;
  return true;
}

/** Several alarms stand in one text with commas. */
function alarm(draft: Draft, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const unnamed: string[] = [];
  for (const one of value.split(',')) {
    const name = traccarAlarms.get(one.trim());
    if (name !== undefined) draft.alarms.push(name);
    else if (one.trim() !== '') unnamed.push(one.trim());
  }
  if (unnamed.length > 0) keep(draft, 'alarm', unnamed.join(','));
  return true;
}

/** Traccar writes ISO 8601 with an offset; with Jackson's timestamps on, epoch milliseconds. */
function instantOf(value: unknown): number | null {
  return typeof value === 'string' ? parseInstant(value) : instantOfMs(finite(value));
}

function decodeItem(item: unknown, receivedAtMs: number): Position | Refused {
  if (!isObject(item)) return { reason: 'malformed', detail: 'not an object' };
  const { position: source } = item;
  if (source === undefined || source === null) {
    return 'event' in item
      ? { reason: 'not_a_position', detail: 'an event of Traccar without a position' }
      : { reason: 'missing_field', detail: 'position is missing' };
  }
  if (!isObject(source))
    return { reason: 'invalid_field', detail: `position is ${shown(source)}, not an object` };
  const fixMs = instantOf(source.fixTime);
  const deviceMs = instantOf(source.deviceTime);
  const timeMs = fixMs ?? deviceMs;
  if (timeMs === null) return noTime(source);
  const draft: Draft = { position: emptyPosition(timeMs, { receivedAtMs }), attributes: {}, alarms: [] };
  if (isObject(source.attributes)) readFields(draft, source.attributes, ATTRIBUTES);
  else keep(draft, 'attributes', source.attributes);
  placeFix(draft, source, 'latitude', 'longitude');
  readFields(draft, source, POSITION);
  settleTime(draft, source, fixMs, deviceMs);
  forgetUnsetCoordinates(draft);
  for (const key of Object.keys(item))
    if (key !== 'position' && key !== 'device') keep(draft, key, item[key]);
  return finished(draft);
}

function noTime({ fixTime, deviceTime }: Record<string, unknown>): Refused {
  const value = fixTime ?? deviceTime;
  if (value === undefined || value === null) {
    return { reason: 'missing_field', detail: 'neither position.fixTime nor position.deviceTime' };
  }
  return {
    reason: 'invalid_field',
    detail: `position.fixTime is ${shown(value)}, neither ISO 8601 with an offset nor epoch milliseconds`,
  };
}

/**
 * For a message without a fix Traccar repeats the last one, with its `fixTime`, beside the time of
 * the message; only releases that also forward `outdated` say so. A tracker that sends an archived
 * record gives the time of sending as `deviceTime`, and there the fix is of its own time.
 */
function settleTime(
  draft: Draft,
  source: Record<string, unknown>,
  fixMs: number | null,
  deviceMs: number | null,
): void {
  const isRepeated =
    fixMs !== null &&
    deviceMs !== null &&
    (source.outdated === true || (isToldAgain(deviceMs, fixMs) && draft.attributes.buffered !== true));
  if (isRepeated) {
    draft.position.fixTimeMs = deviceMs;
    doubtFix(draft);
    keep(draft, 'fixTime', source.fixTime);
  } else if (deviceMs !== draft.position.fixTimeMs) keep(draft, 'deviceTime', source.deviceTime);
  if (fixMs === null) keep(draft, 'fixTime', source.fixTime);
}

/** Traccar's coordinates start from 0: with a fix that is none they are not what a tracker gave. */
function forgetUnsetCoordinates({ position }: Draft): void {
  if (position.doubts !== Doubt.noFix || position.lat !== 0 || position.lon !== 0) return;
  position.lat = null;
  position.lon = null;
}
