import type { Observation } from '../tracker/observation.ts';
import { type Format, single } from './format.ts';
import { teltonikaRecord } from './teltonika-record.ts';

/** Codec JSON (https://wiki.teltonika-gps.com/view/Codec_JSON). */
export const teltonikaJson: Format = {
  maxPerMessage: 1,
  resolutionMs: 1,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: `${ident}/data`,
    payload: JSON.stringify({ state: { reported: reportedOf(single(observations)) } }),
  }),
};

function reportedOf(observed: Observation) {
  const record = teltonikaRecord(observed);
  return {
    ts: record.timestampMs,
    pr: record.priority,
    latlng: `${record.lat.toFixed(6)},${record.lon.toFixed(6)}`,
    alt: record.altitudeM,
    ang: record.headingDeg,
    sat: record.satellites,
    sp: record.speedKmh,
    evt: record.event,
    ...Object.fromEntries(record.elements.map(({ id, value }) => [id, value])),
  };
}
