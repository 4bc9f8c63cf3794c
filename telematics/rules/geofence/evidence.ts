import { distanceM } from '../../positions/distance.ts';
import type { AppliedFence } from '../fences.ts';
import type { GoodFix, Moment, PreviousFix } from '../rule.ts';
import type { RuleSettings } from '../settings.ts';
import type { Evidence } from './state.ts';

export type GeofenceSettings = RuleSettings['geofence'];

/** So far the fixes of a parked vehicle wander that report no accuracy, or too good a one. */
const DRIFT_M = 25;
const MS_PER_HOUR = 3_600_000;

/** What earlier fixes speak for, with one more that does. */
export function withFix(before: Evidence | null, { fixTimeMs, lat, lon }: GoodFix): Evidence {
  return before === null
    ? { fixes: [fixTimeMs], lat, lon }
    : { fixes: [...before.fixes, fixTimeMs], lat: before.lat, lon: before.lon };
}

/** Whether so many fixes agree, or for so long, that a stray one cannot be the cause. */
export function isCertain({ fixes }: Evidence, { confirmFixes, confirmS }: GeofenceSettings): boolean {
  return fixes.length >= confirmFixes || fixes.at(-1)! - fixes[0]! >= confirmS * 1_000;
}

/** Whether a fix may as well be on the other side of the boundary. */
export function isUnsure(
  fence: AppliedFence,
  { lat, lon, accuracyM }: GoodFix,
  { maxAccuracyM }: GeofenceSettings,
): boolean {
  const toleranceM = Math.min(accuracyM ?? 0, maxAccuracyM);
  return toleranceM > 0 && fence.distanceToBoundaryM(lat, lon) < toleranceM;
}

/**
 * Whether the vehicle stood still on the way to a fix, so that a boundary between the two was passed by the
 * receiver's wandering: slow at both ends, and no further apart than fixes of one place may be.
 */
export function hasStood(fix: GoodFix, { previous, settings }: Moment): boolean {
  if (previous === null) return false;
  const { minSpeedKmh } = settings.trips;
  const apartM = distanceM(previous.lat, previous.lon, fix.lat, fix.lon);
  if (apartM > driftM(previous, settings.geofence) + driftM(fix, settings.geofence)) return false;
  const meanKmh = (apartM / 1_000 / (fix.fixTimeMs - previous.fixTimeMs)) * MS_PER_HOUR;
  return Math.max(previous.speedKmh ?? meanKmh, fix.speedKmh ?? meanKmh) < minSpeedKmh;
}

/** Whether a fix is so near to the boundary that one of a parked vehicle may have wandered there. */
export function isInReachOfDrift(fence: AppliedFence, fix: GoodFix, settings: GeofenceSettings): boolean {
  return fence.distanceToBoundaryM(fix.lat, fix.lon) < driftM(fix, settings);
}

function driftM({ accuracyM }: PreviousFix, { maxAccuracyM }: GeofenceSettings): number {
  return DRIFT_M + Math.min(accuracyM ?? 0, maxAccuracyM);
}
