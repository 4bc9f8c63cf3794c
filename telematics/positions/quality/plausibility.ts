import type { Position } from '../position.ts';
import { Doubt } from './doubts.ts';
import type { Thresholds } from './thresholds.ts';

/** About a hundred metres, around the place where unset coordinates point. */
const NULL_ISLAND_DEG = 0.001;

/** What speaks against a position by itself, whatever its neighbours are. */
export function ownDoubts(position: Position, thresholds: Thresholds): number {
  const { lat, lon, accuracyM, satellites } = position;
  let doubts = position.doubts;
  if (lat === null || lon === null) {
    doubts |= Doubt.noFix;
  } else if (lat < -90 || lat > 90 || lon < -180 || lon > 180) {
    doubts |= Doubt.outOfRange;
  } else if (Math.abs(lat) < NULL_ISLAND_DEG && Math.abs(lon) < NULL_ISLAND_DEG) {
    doubts |= Doubt.nullIsland;
  }
  if (position.fixTimeMs - position.receivedAtMs > thresholds.maxAheadS * 1_000) doubts |= Doubt.future;
  if (accuracyM !== null && Math.fround(accuracyM) > thresholds.maxAccuracyM) doubts |= Doubt.inaccurate;
  if (satellites !== null && satellites < thresholds.minSatellites) doubts |= Doubt.fewSatellites;
  return doubts;
}
