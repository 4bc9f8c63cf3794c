import { isMoving, type Observation } from '../tracker/observation.ts';
import { type Format, orZero, single, wholeSeconds } from './format.ts';

/** Kinds of record: by an IO element, or by time. */
const BY_IGNITION = 409;
const BY_TIME = 7;
/** What stands for a coordinate that is not known. */
const NO_COORDINATE = -(2 ** 31);
/** Of the tracker's own cell, charged. */
const BATTERY_MV = 4_000;

/**
 * Ruptela's records as JSON, with IO values in hexadecimal, as DIMO's recordings have them. A lost
 * supply is told as the tracker's being unplugged; jamming and a panic button have no element of their own.
 */
export const ruptelaJson: Format = {
  maxPerMessage: 1,
  resolutionMs: 1_000,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: `${ident}/ruptela`,
    payload: JSON.stringify(recordOf(ident, single(observations))),
  }),
};

function recordOf(ident: string, observed: Observation) {
  return {
    ts: wholeSeconds(observed),
    trigger: observed.ignitionChanged ? BY_IGNITION : BY_TIME,
    imei: ident,
    pos: fixOf(observed),
    data: {
      '27': hex(21),
      '29': hex(observed.batteryV * 1_000),
      '30': hex(BATTERY_MV),
      '65': hex(observed.odometerM),
      '173': hex(isMoving(observed) ? 1 : 0),
      '409': hex(observed.ignition ? 1 : 0),
      ...(isWithoutSupply(observed) ? { '985': hex(1) } : {}),
    },
  };
}

const isWithoutSupply = ({ alarm }: Observation): boolean => alarm === 'powerCut' || alarm === 'unplug';

function fixOf(observed: Observation) {
  const { lat, lon, satellites } = observed;
  if (lat === null || lon === null) return { lat: NO_COORDINATE, lon: NO_COORDINATE, sat: satellites };
  return {
    lat: Math.round(lat * 1e7),
    lon: Math.round(lon * 1e7),
    alt: orZero(observed.altitudeM),
    dir: orZero((observed.headingDeg ?? 0) * 100),
    spd: orZero(observed.speedKmh),
    sat: satellites,
    hdop: orZero((observed.hdop ?? 0) * 10),
  };
}

const hex = (value: number): string => Math.round(value).toString(16).toUpperCase();
