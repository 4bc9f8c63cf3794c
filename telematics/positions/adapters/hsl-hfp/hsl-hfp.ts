import { type Adapter, type Decoded, type MessageOrigin, refuseAll } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import { type Draft, doubtFix } from '../field-table.ts';
import { instantOfS, isObject, range, shown } from '../fields.ts';
import { parseInstant } from '../instant.ts';
import { parseJsonPayload } from '../json-payload.ts';
import {
  decodedDraft,
  nameAttribute,
  type RecordFields,
  recordFields,
  shortNumeric,
} from '../record-fields.ts';
import { type HfpTopic, hfpTopic } from './topic.ts';

/** A bus brakes at 10 m/s² at the most; the rest is room for a broken clock, not for another unit. */
const ACCELERATION_MPS2 = [-100, 100] as const;

/**
 * High-frequency positioning, version 2, of Helsinki's public transport (HSL)
 * (https://digitransit.fi/en/developers/apis/5-realtime-api/vehicle-positions/high-frequency-positioning/).
 */
export const hslHfp: Adapter = {
  name: 'hsl-hfp',
  reads: (topic) => hfpTopic(topic) !== null,
  identOf: (topic) => hfpTopic(topic)?.ident ?? null,
  decode,
};

function decode(payload: Buffer, origin: MessageOrigin): Decoded {
  const parsed = parseJsonPayload(payload);
  if ('reason' in parsed) return refuseAll(parsed.reason, parsed.detail);
  const message = parsed.value;
  if (!isObject(message)) return refuseAll('malformed', 'not an object');
  const [event, ...others] = Object.keys(message);
  if (event === undefined || others.length > 0) {
    return refuseAll('malformed', `${others.length + (event === undefined ? 0 : 1)} events, not one`);
  }
  const vehicle = message[event];
  if (!isObject(vehicle)) return refuseAll('malformed', `${shown(event)} is not an object`);
  const fixTimeMs = timeOf(vehicle);
  if (typeof fixTimeMs !== 'number') return fixTimeMs;
  const draft: Draft = { position: emptyPosition(fixTimeMs, origin), attributes: {}, alarms: [] };
  nameAttribute(draft, 'event', event.toLowerCase());
  readVehicle(vehicle, hfpTopic(origin.topic), draft);
  return decodedDraft(draft);
}

/** `tst` is the vehicle's; `tsi` is the same in whole seconds and stands in only where `tst` is missing. */
function timeOf({ tst, tsi }: Record<string, unknown>): number | Decoded {
  if (tst !== undefined && tst !== null) {
    const timeMs = typeof tst === 'string' ? parseInstant(tst) : null;
    return timeMs ?? refuseAll('invalid_field', `tst is ${shown(tst)}, not ISO 8601 with Z or an offset`);
  }
  if (tsi === undefined || tsi === null) return refuseAll('missing_field', 'tst is missing, and tsi too');
  const timeMs = instantOfS(shortNumeric(tsi));
  return timeMs ?? refuseAll('invalid_field', `tst is missing, and tsi is ${shown(tsi)}, not epoch seconds`);
}

function readVehicle(vehicle: Record<string, unknown>, topic: HfpTopic | null, draft: Draft): void {
  const { position, attributes } = draft;
  const fields = recordFields(vehicle);
  fields.placeFix(draft, 'lat', 'long');
  // Reckoned from the odometer, from dead reckoning or by hand, it is a place but no GNSS solution.
  if (typeof vehicle.loc === 'string' && vehicle.loc !== 'GPS') doubtFix(draft);
  position.speedKmh = fields.number('spd', range.speedKmh, kmhOfMps);
  position.headingDeg = fields.number('hdg', range.headingDeg);
  const accelerationMps2 = fields.number('acc', ACCELERATION_MPS2);
  if (accelerationMps2 !== null) attributes.accelerationMps2 = accelerationMps2;
  dropRepeated(vehicle, topic, position.fixTimeMs, fields);
  if (topic !== null) Object.assign(attributes, topic.attributes);
  fields.keepRest(draft);
}

/** Rounded to the metre per hour: the digits that the multiplication leaves behind mean nothing. */
const kmhOfMps = (mps: number): number => Math.round(mps * 3_600) / 1_000;

function dropRepeated(
  { tsi, veh }: Record<string, unknown>,
  topic: HfpTopic | null,
  fixTimeMs: number,
  fields: RecordFields,
): void {
  fields.drop('tst');
  const seconds = shortNumeric(tsi);
  if (seconds !== null && Math.abs(seconds * 1_000 - fixTimeMs) <= 1_000) fields.drop('tsi');
  if (topic !== null && shortNumeric(veh) === topic.vehicleNumber) fields.drop('veh');
}
