import { type Adapter, type Decoded, type MessageOrigin, refuseAll } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import { cellVolts, type Draft, percent, revolutions } from '../field-table.ts';
import { instantOfS, isObject, range, shown } from '../fields.ts';
import { parseJsonPayload } from '../json-payload.ts';
import {
  decodedDraft,
  nameAttribute,
  type RecordFields,
  recordFields,
  shortNumeric,
} from '../record-fields.ts';
import { cutPhotograph } from './photograph.ts';
import { alarmsOfTrigger, chargingOfTrigger, ignitionOfTrigger } from './queclink.ts';

type Message = Record<string, unknown>;

/**
 * Messages of the OwnTracks apps, and of Queclink trackers behind its qtripp converter
 * (https://owntracks.org/booklet/tech/json/, revision 8a5a150).
 */
export const ownTracks: Adapter = {
  name: 'owntracks',
  reads: (topic) => deviceOf(topic) !== null,
  identOf: deviceOf,
  decode,
};

/** The device level of `owntracks/{user}/{device}` and of the topics below it. */
function deviceOf(topic: string): string | null {
  const [root, user, device] = topic.split('/', 3);
  return root === 'owntracks' && user && device ? device : null;
}

function decode(payload: Buffer, origin: MessageOrigin): Decoded {
  const { rest, cutBytes } = cutPhotograph(payload);
  const parsed = parseJsonPayload(rest);
  if ('reason' in parsed) return refuseAll(parsed.reason, parsed.detail);
  const message = parsed.value;
  if (!isObject(message)) return refuseAll('malformed', 'not an object');
  const { _type: type } = message;
  if (type === 'lwt') return decodeLastWill(message, origin);
  if (type === 'location' || type === 'transition') {
    const fixTimeMs = instantOfS(shortNumeric(message.tst));
    if (fixTimeMs === null) return refuseTime(message.tst);
    const draft: Draft = { position: emptyPosition(fixTimeMs, origin), attributes: {}, alarms: [] };
    if (cutBytes > 0) draft.attributes.cutImageBytes = cutBytes;
    return type === 'location' ? decodeLocation(message, draft) : decodeTransition(message, draft);
  }
  if (type === undefined || type === null) return refuseAll('missing_field', '_type is missing');
  if (typeof type !== 'string') return refuseAll('invalid_field', `_type is ${shown(type)}, not a text`);
  return refuseAll('not_a_position', `_type is ${shown(type)}`);
}

function decodeLocation(message: Message, draft: Draft): Decoded {
  const { position, alarms } = draft;
  const fields = fieldsOf(message);
  const trigger = triggerOf(message.t);
  if (trigger !== null) fields.drop('t');
  fields.drop('tst');
  fields.placeFix(draft, 'lat', 'lon');
  // Absent is unknown, not zero: see the README on what the apps really leave out.
  position.speedKmh = fields.number('vel', range.speedKmh);
  position.headingDeg = fields.number('cog', range.headingDeg);
  position.altitudeM = fields.number('alt', range.altitudeM);
  position.accuracyM = fields.number('acc', range.accuracyM);
  position.ignition = fields.boolean('ign') ?? ignitionOfTrigger(trigger);
  position.odometerM = fields.number('odometer', range.odometerM, metresOfKm);
  position.batteryV = fields.number('uext', range.batteryV);
  alarms.push(...alarmsOfTrigger(trigger, shortNumeric(message.rty)));
  if (message.tow === true) alarms.push('tow');

  nameAttribute(draft, 'event', trigger);
  nameAttribute(draft, 'batteryPercent', fields.number('batt', percent));
  nameAttribute(draft, 'deviceBatteryV', fields.number('ubatt', cellVolts));
  nameAttribute(draft, 'charging', chargingOf(message.bs, fields) ?? chargingOfTrigger(trigger));
  nameAttribute(draft, 'moving', fields.boolean('motion'));
  nameAttribute(draft, 'engineRpm', fields.number('rpm', revolutions));
  nameAttribute(draft, 'fuelPercent', fields.number('flvl', percent));
  if (message.image === '') fields.drop('image');
  fields.keepRest(draft);
  return decodedDraft(draft);
}

/** Entering or leaving a region, or the reach of a Bluetooth beacon, then perhaps without coordinates. */
function decodeTransition(message: Message, draft: Draft): Decoded {
  const fields = fieldsOf(message);
  fields.drop('tst');
  fields.placeFix(draft, 'lat', 'lon');
  draft.position.accuracyM = fields.number('acc', range.accuracyM);
  if (message.event === 'enter') draft.alarms.push('geofenceEnter');
  if (message.event === 'leave') draft.alarms.push('geofenceExit');
  fields.keepRest(draft);
  return decodedDraft(draft);
}

/**
 * The broker publishes it when it loses the app. Its `tst` is when the app connected, hours before
 * perhaps, so the loss stands under the time of receipt and `tst` stays with the attributes.
 */
function decodeLastWill(message: Message, origin: MessageOrigin): Decoded {
  const draft: Draft = { position: emptyPosition(origin.receivedAtMs, origin), attributes: {}, alarms: [] };
  nameAttribute(draft, 'event', 'lwt');
  fieldsOf(message).keepRest(draft);
  return decodedDraft(draft);
}

/** The fields without what repeats the topic and without the −1 of what the app did not know. */
function fieldsOf(message: Message): RecordFields {
  const fields = recordFields(message);
  fields.drop('_type', 'topic');
  for (const key of ['acc', 'vac', 'vel', 'cog', 'batt']) {
    if (shortNumeric(message[key]) === -1) fields.drop(key);
  }
  return fields;
}

/** Rounded to the centimetre: the digits that the multiplication leaves behind mean nothing. */
const metresOfKm = (km: number): number => Math.round(km * 100_000) / 100;

function triggerOf(t: unknown): string | null {
  if (typeof t === 'number') return String(t);
  return typeof t === 'string' && t !== '' ? t : null;
}

/** 0 is unknown, 1 unplugged, 2 charging, 3 full. */
function chargingOf(bs: unknown, fields: RecordFields): boolean | null {
  if (bs !== 0 && bs !== 1 && bs !== 2 && bs !== 3) return null;
  fields.drop('bs');
  return bs === 0 ? null : bs !== 1;
}

function refuseTime(tst: unknown): Decoded {
  if (tst === undefined || tst === null) return refuseAll('missing_field', 'tst is missing');
  return refuseAll('invalid_field', `tst is ${shown(tst)}, not epoch seconds`);
}
