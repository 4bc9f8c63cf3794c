import { distanceM } from '../../positions/distance.ts';
import { Remark } from '../../positions/quality/remarks.ts';
import type { GoodFix, Moment, PreviousFix, RuleFix } from '../rule.ts';
import type { Leg } from './figures.ts';
import { MAX_OFF_TRIPS, type TripsState } from './state.ts';

/** Over so short a leg a parked vehicle's fixes may wander faster than it drives at its slowest. */
const JITTER_MS = 30_000;
const ANOTHER_SCALE = Remark.odometerRegressed | Remark.odometerReplaced;

/** The way to a good fix, with what of it decides about trips and stops. */
export interface Step extends Leg {
  good: GoodFix;
  previous: PreviousFix;
  /** The odometer's last reading up to the fix before, and up to the fix; null for none. */
  previousReadingM: number | null;
  readingM: number | null;
  /** At the fix, as far as it can be believed; null if unknown. */
  ignitionNow: boolean | null;
  /** The vehicle stands at the fix, as far as that shows. */
  isSlow: boolean;
  /** It stood in between, at least for `minStopS`, where it was before. */
  hasStood: boolean;
}

export function stepOf(state: TripsState, moment: Moment, good: GoodFix, previous: PreviousFix): Step {
  const { trips } = moment.settings;
  const toMs = good.fixTimeMs;
  const fromMs = previous.fixTimeMs;
  const elapsedMs = toMs - fromMs;
  const straightM = metresBetween(previous, good);
  const meanKmh = (straightM / elapsedMs) * 3_600;
  const isSlowOnTheWay = meanKmh < trips.minSpeedKmh;
  const isSlow = good.speedKmh === null ? isSlowOnTheWay : good.speedKmh < trips.minSpeedKmh;
  const wasSlow = previous.speedKmh !== null && previous.speedKmh < trips.minSpeedKmh;
  const isJitter = elapsedMs <= JITTER_MS && good.speedKmh !== null && isSlow && wasSlow;
  const minStopMs = trips.minStopS * 1_000;
  const ignitionNow = believedIgnition(state, moment.ignition);
  const isOnThroughout = state.ignition === true && ignitionNow === true;
  const isUnseen = elapsedMs > trips.maxGapS * 1_000;
  return {
    good,
    previous,
    previousReadingM: state.odometerM,
    readingM: readingAfter(state.odometerM, good),
    fromMs,
    toMs,
    distanceM: good.distanceM ?? 0,
    odometerM: odometerStep(state.odometerM, good),
    isDriven: !isUnseen && !isSlowOnTheWay && !isJitter,
    isUnseen,
    ignition: state.ignition,
    ignitionNow,
    speedKmh: good.speedKmh,
    lat: good.lat,
    lon: good.lon,
    isSlow,
    hasStood:
      (isSlow && elapsedMs >= minStopMs && straightM <= trips.stopRadiusM) ||
      (isSlowOnTheWay && elapsedMs >= 2 * minStopMs && !isOnThroughout),
  };
}

/** An ignition that was off on every trip, or never on, says nothing. */
export function believedIgnition({ offTrips }: TripsState, ignition: boolean | null): boolean | null {
  return ignition === false && offTrips >= MAX_OFF_TRIPS ? null : ignition;
}

/** What the odometer ran since its last reading; null if it does not say. */
function odometerStep(beforeM: number | null, { odometerM, remarks }: RuleFix): number | null {
  if (beforeM === null || odometerM === null || (remarks & ANOTHER_SCALE) !== 0) return null;
  return Math.max(0, odometerM - beforeM);
}

/** The reading that the next one is compared with. */
export function readingAfter(beforeM: number | null, { odometerM, remarks, lat }: RuleFix): number | null {
  if (odometerM === null) return beforeM;
  // A doubtful fix ends no leg, so its reading counts only if it begins another scale.
  return lat !== null || (remarks & ANOTHER_SCALE) !== 0 ? odometerM : beforeM;
}

interface Place {
  lat: number;
  lon: number;
}

export function metresBetween(from: Place, to: Place): number {
  return from.lat === to.lat && from.lon === to.lon ? 0 : distanceM(from.lat, from.lon, to.lat, to.lon);
}

/** Whether the fix may still be at the place: its accuracy is in its favour. */
export function isWithin(place: Place, fix: GoodFix, radiusM: number): boolean {
  return metresBetween(place, fix) - (fix.accuracyM ?? 0) <= radiusM;
}
