import { type Adapter, type Decoded, type MessageOrigin, refuseAll } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import { type Draft, keep } from '../field-table.ts';
import { instantOfS, isObject, range, satellitesOf, shown } from '../fields.ts';
import { parseJsonPayload } from '../json-payload.ts';
import { decodedDraft, nameAttribute, recordFields, shortNumeric } from '../record-fields.ts';
import { readIoElements } from './io-elements.ts';

type Message = Record<string, unknown>;

/** What the firmware sends for a coordinate that it has not: the least 32-bit integer. */
const NO_COORDINATE = -(2 ** 31);

/** Records that Ruptela trackers publish over MQTT as JSON; the README names the sources. */
export const ruptelaJson: Adapter = {
  name: 'ruptela-json',
  reads: (topic) => imeiOf(topic) !== null,
  identOf: imeiOf,
  decode,
};

/** The level before a last level `ruptela`, or the one between `ruptela` and `data`. */
function imeiOf(topic: string): string | null {
  const levels = topic.split('/');
  const last = levels.at(-1);
  const isWrapped = levels.length === 3 && levels[0] === 'ruptela' && last === 'data';
  return (isWrapped || last === 'ruptela' ? levels.at(-2) : null) || null;
}

function decode(payload: Buffer, origin: MessageOrigin): Decoded {
  const parsed = parseJsonPayload(payload);
  if ('reason' in parsed) return refuseAll(parsed.reason, parsed.detail);
  const message = parsed.value;
  if (!isObject(message)) return refuseAll('malformed', 'not an object');
  const { ts, trigger } = message;
  if (ts === undefined || ts === null) return refuseAll('missing_field', 'ts is missing');
  const fixTimeMs = instantOfS(shortNumeric(ts));
  if (fixTimeMs === null) return refuseAll('invalid_field', `ts is ${shown(ts)}, not epoch seconds`);

  const draft: Draft = { position: emptyPosition(fixTimeMs, origin), attributes: {}, alarms: [] };
  const fields = recordFields(message);
  fields.drop('ts');
  if (message.imei === imeiOf(origin.topic)) fields.drop('imei');
  if (typeof trigger === 'number' || typeof trigger === 'string') {
    nameAttribute(draft, 'event', trigger);
    fields.drop('trigger');
  }
  readFix(message, draft);
  if (isObject(message.pos)) fields.drop('pos');
  if (isObject(message.data)) {
    readIoElements(message.data, draft);
    fields.drop('data');
  }
  fields.keepRest(draft);
  return decodedDraft(draft);
}

function readFix({ pos }: Message, draft: Draft): void {
  if (!isObject(pos)) return;
  const { position } = draft;
  const fields = recordFields(pos);
  const lat = coordinate(pos.lat);
  const lon = coordinate(pos.lon);
  if (lat !== null && lon !== null) {
    position.lat = lat;
    position.lon = lon;
    position.doubts = 0;
    fields.drop('lat', 'lon');
  }
  position.speedKmh = fields.number('spd', range.speedKmh);
  position.headingDeg = fields.number('dir', range.headingDeg, (hundredths) => hundredths / 100);
  position.altitudeM = fields.number('alt', range.altitudeM);
  position.satellites = satellitesOf(shortNumeric(pos.sat));
  if (position.satellites !== null) fields.drop('sat');
  const rest: Draft = { position, attributes: {}, alarms: [] };
  fields.keepRest(rest);
  // `pos.hdop` is among the rest: nothing published says whether it is in tenths, as in the binary protocol.
  if (Object.keys(rest.attributes).length > 0) keep(draft, 'pos', rest.attributes);
}

/** Degrees of a whole number of 1e-7 degrees; a fraction is not in the format's unit, whatever it is in. */
function coordinate(value: unknown): number | null {
  const scaled = shortNumeric(value);
  if (scaled === null || !Number.isInteger(scaled) || scaled === NO_COORDINATE) return null;
  return scaled / 1e7;
}
