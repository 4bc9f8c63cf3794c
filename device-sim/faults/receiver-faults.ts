import { moved, wrapLongitude } from '../geo.ts';
import { between, chance, index, normal } from '../random.ts';
import { hdopOf } from '../tracker/gnss.ts';
import { NO_FIX, type ObservedFix } from '../tracker/observation.ts';
import type { CreateFault } from './fault.ts';
import { createOccasion } from './occasion.ts';

/** Faults that show beside a neighbour's fix happen on the road only. */
const ON_THE_ROAD_KMH = 25;

const SPIKE_EVERY_S = 2_400;
const SPIKE_M = [3_000, 8_000] as const;

/** One fix some kilometres away: signals that came by a detour. */
export const spike: CreateFault = (random, frequency) => {
  const isDue = createOccasion(random, SPIKE_EVERY_S / frequency);
  return (observed, elapsedS) => {
    const { lat, lon, speedKmh } = observed;
    if (lat === null || lon === null || (speedKmh ?? 0) < ON_THE_ROAD_KMH || !isDue(elapsedS))
      return observed;
    const course = between(random, 0, 2 * Math.PI);
    const farM = between(random, ...SPIKE_M);
    return { ...observed, ...shifted({ lat, lon }, farM * Math.cos(course), farM * Math.sin(course)) };
  };
};

const FROZEN_EVERY_S = 3_600;
/** Driven, before the receiver is restarted. */
const FROZEN_M = [300, 700] as const;
const FROZEN_MOST_S = 120;

/** The receiver hangs: the same solution again and again, while the vehicle drives on. */
export const frozen: CreateFault = (random, frequency) => {
  const isDue = createOccasion(random, FROZEN_EVERY_S / frequency);
  let stuck: { fix: ObservedFix; untilOdometerM: number; untilMs: number } | null = null;
  return (observed, elapsedS) => {
    const { timeMs, odometerM, speedKmh } = observed;
    if (stuck && (odometerM >= stuck.untilOdometerM || timeMs >= stuck.untilMs)) stuck = null;
    if (!stuck && (speedKmh ?? 0) >= ON_THE_ROAD_KMH && isDue(elapsedS)) {
      stuck = {
        fix: fixOf(observed),
        untilOdometerM: odometerM + between(random, ...FROZEN_M),
        untilMs: timeMs + FROZEN_MOST_S * 1_000,
      };
    }
    return stuck ? { ...observed, ...stuck.fix } : observed;
  };
};

const SHADED_EVERY_S = 3_600;
const SHADED_S = [10, 40] as const;
const SHADED_ACCURACY_M = [60, 320] as const;
const MOST_SHADED_SATELLITES = 4;

/** Tall buildings leave few satellites, and a fix that is off by some hundred metres. */
export const shaded: CreateFault = (random, frequency) => {
  const isDue = createOccasion(random, SHADED_EVERY_S / frequency);
  let untilMs = 0;
  return (observed, elapsedS) => {
    const { timeMs, lat, lon, speedKmh } = observed;
    if (lat === null || lon === null || speedKmh === null) return observed;
    if (timeMs >= untilMs && speedKmh > 0 && isDue(elapsedS)) {
      untilMs = timeMs + between(random, ...SHADED_S) * 1_000;
    }
    if (timeMs >= untilMs) return observed;
    const accuracyM = Math.round(between(random, ...SHADED_ACCURACY_M));
    const offM = accuracyM / 2;
    return {
      ...observed,
      ...shifted({ lat, lon }, offM * normal(random), offM * normal(random)),
      accuracyM,
      hdop: hdopOf(accuracyM),
      satellites: 1 + index(random, MOST_SHADED_SATELLITES),
    };
  };
};

const GARAGE_SHARE = 0.15;
/** Faster than one moves in a garage. */
const OUT_OF_GARAGE_KMH = 12;

/** Parked indoors: what is reported there has no fix, until the vehicle is out on the road again. */
export const garage: CreateFault = (random, frequency) => {
  let isInside = false;
  let hasDriven = false;
  return (observed) => {
    const { ignition, ignitionChanged, speedKmh } = observed;
    if ((speedKmh ?? 0) >= OUT_OF_GARAGE_KMH) {
      isInside = false;
      hasDriven = true;
    }
    // One that was found parked has not told yet where it is.
    if (hasDriven && !ignition && ignitionChanged) isInside = chance(random, GARAGE_SHARE * frequency);
    return isInside ? { ...observed, ...NO_FIX } : observed;
  };
};

const COLD_START_SHARE = 0.05;
const COLD_START_REPORTS = [3, 8] as const;
/** What the clock of many receivers says before a satellite has told the time. */
const UNSET_CLOCK_MS = Date.UTC(2004, 0, 1);

/** After the key is turned some wake with an unset clock and no fix, and report all the same. */
export const coldStart: CreateFault = (random, frequency) => {
  let left = 0;
  let wokeAtMs = 0;
  return (observed) => {
    if (observed.ignition && observed.ignitionChanged && chance(random, COLD_START_SHARE * frequency)) {
      left = Math.round(between(random, ...COLD_START_REPORTS));
      wokeAtMs = observed.timeMs;
    }
    if (left === 0) return observed;
    left--;
    return { ...observed, ...NO_FIX, timeMs: UNSET_CLOCK_MS + observed.timeMs - wokeAtMs };
  };
};

function fixOf(observed: ObservedFix): ObservedFix {
  const { lat, lon, altitudeM, speedKmh, headingDeg, accuracyM, hdop, satellites } = observed;
  return { lat, lon, altitudeM, speedKmh, headingDeg, accuracyM, hdop, satellites };
}

function shifted(from: { lat: number; lon: number }, eastM: number, northM: number) {
  const { lat, lon } = moved(from, eastM, northM);
  return { lat: Number(lat.toFixed(6)), lon: Number(wrapLongitude(lon).toFixed(6)) };
}
