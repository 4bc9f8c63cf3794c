import type { GoodFix, Moment } from '../rule.ts';
import { limitAt } from './limit.ts';
import type { Sample } from './state.ts';

const KMH_PER_MPS = 3.6;

/** How fast a good fix says that the vehicle is, km/h; null if it says nothing. */
export function speedKmhAt(fix: GoodFix, { previous, settings }: Moment): number | null {
  if (fix.speedKmh !== null) return fix.speedKmh;
  if (fix.distanceM === null || previous === null) return null;
  const elapsedS = (fix.fixTimeMs - previous.fixTimeMs) / 1_000;
  return elapsedS > settings.overspeed.maxGapS ? null : (fix.distanceM / elapsedS) * KMH_PER_MPS;
}

export function sampleOf(fix: GoodFix, speedKmh: number, moment: Moment): Sample {
  return {
    fixTimeMs: fix.fixTimeMs,
    lat: fix.lat,
    lon: fix.lon,
    speedKmh,
    isDerived: fix.speedKmh === null,
    legM: fix.distanceM ?? 0,
    limit: limitAt(fix, moment),
  };
}
