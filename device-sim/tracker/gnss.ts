import { moved, type Place, wrapDegrees, wrapLongitude } from '../geo.ts';
import { between, normal, type Random } from '../random.ts';

/** How wrong a receiver is just now. The error drifts: the next fix errs much as the last one did. */
export interface GnssState {
  eastM: number;
  northM: number;
  /** Standard deviation of the error on each axis, metres. */
  sigmaM: number;
}

/** What a receiver says. */
export interface GnssFix extends Place {
  altitudeM: number;
  speedKmh: number;
  headingDeg: number;
  accuracyM: number;
  /** Horizontal dilution of precision. */
  hdop: number;
  satellites: number;
}

/** The error forgets itself over about this time. */
const DRIFT_TIME_S = 45;
/** Reception changes more slowly: from street to street. */
const RECEPTION_TIME_S = 120;
const TYPICAL_SIGMA_M = 2.2;
/** Standard deviation of the logarithm of sigma. */
const RECEPTION_SPREAD = 0.45;
const SPEED_NOISE_KMH = 0.4;
const HEADING_NOISE_DEG = 2;
/** Below this a receiver cannot tell a course, and reports the last one with no speed. */
const STANDING_KMH = 1.5;

export function createGnss(random: Random): GnssState {
  const sigmaM = TYPICAL_SIGMA_M * Math.exp(RECEPTION_SPREAD * normal(random));
  return { sigmaM, eastM: sigmaM * normal(random), northM: sigmaM * normal(random) };
}

/** A first-order Gauss-Markov process on each axis, its size another one. */
export function nextGnss({ eastM, northM, sigmaM }: GnssState, dtS: number, random: Random): GnssState {
  const reception = Math.exp(-dtS / RECEPTION_TIME_S);
  const logSigma =
    Math.log(sigmaM / TYPICAL_SIGMA_M) * reception +
    RECEPTION_SPREAD * Math.sqrt(1 - reception ** 2) * normal(random);
  const nextSigmaM = TYPICAL_SIGMA_M * Math.exp(logSigma);
  const keep = Math.exp(-dtS / DRIFT_TIME_S);
  const stirM = nextSigmaM * Math.sqrt(1 - keep ** 2);
  return {
    sigmaM: nextSigmaM,
    eastM: eastM * keep + stirM * normal(random),
    northM: northM * keep + stirM * normal(random),
  };
}

/** What the receiver reports for where the vehicle truly is. */
export function observe(
  { eastM, northM, sigmaM }: GnssState,
  truth: Place & { altitudeM: number; headingDeg: number; speedKmh: number },
  random: Random,
): GnssFix {
  const { lat, lon } = moved(truth, eastM, northM);
  const speedKmh = Math.max(0, truth.speedKmh + SPEED_NOISE_KMH * normal(random));
  const standing = truth.speedKmh < STANDING_KMH;
  const headingDeg = standing ? truth.headingDeg : truth.headingDeg + HEADING_NOISE_DEG * normal(random);
  // Receivers state a radius that holds two times out of three.
  const accuracyM = round(Math.max(1.5, sigmaM * 1.5), 1);
  return {
    lat: round(lat, 6),
    lon: round(wrapLongitude(lon), 6),
    altitudeM: Math.round(truth.altitudeM + 1.5 * eastM),
    speedKmh: standing ? 0 : round(speedKmh, 1),
    headingDeg: Math.round(wrapDegrees(headingDeg)) % 360,
    accuracyM,
    hdop: hdopOf(accuracyM),
    satellites: Math.round(Math.max(4, Math.min(16, 13 - sigmaM + between(random, -1, 1)))),
  };
}

/** What one satellite's range is off by, metres, times the dilution, is what the fix is off by. */
const RANGE_ERROR_M = 4;

/** The dilution of precision that goes with an accuracy. */
export const hdopOf = (accuracyM: number): number => round(Math.max(0.5, accuracyM / RANGE_ERROR_M), 1);

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
