import type { Observation } from '../tracker/observation.ts';
import { type Format, single, wholeSeconds } from './format.ts';

/** A Queclink tracker behind the qtripp converter (https://owntracks.org/booklet/tech/json/#queclink). */
export const ownTracks: Format = {
  maxPerMessage: 1,
  resolutionMs: 1_000,
  needsGateway: false,
  encode: (ident, observations) => ({
    topic: `owntracks/qtripp/${ident}`,
    payload: JSON.stringify(locationOf(ident, single(observations))),
  }),
};

function locationOf(ident: string, observed: Observation) {
  return {
    _type: 'location',
    tid: ident.slice(-2),
    imei: ident,
    t: triggerOf(observed),
    tst: wholeSeconds(observed),
    lat: observed.lat ?? undefined,
    lon: observed.lon ?? undefined,
    alt: rounded(observed.altitudeM),
    vel: rounded(observed.speedKmh),
    cog: rounded(observed.headingDeg),
    acc: rounded(observed.accuracyM),
    ign: observed.ignition,
    odometer: observed.odometerM / 1_000,
    uext: observed.batteryV,
  };
}

/** Power lost, however; ignition on or off, or simply the time. The converter knows no jamming and no panic button. */
function triggerOf({ alarm, ignition, ignitionChanged }: Observation): string {
  if (alarm === 'powerCut' || alarm === 'unplug') return 'e';
  if (ignitionChanged) return ignition ? 'i' : 'I';
  return 't';
}

const rounded = (value: number | null): number | undefined =>
  value === null ? undefined : Math.round(value);
