import { cellOf } from './h3/cell.ts';
import type { Position } from './position.ts';
import type { Verdict } from './quality/verdict.ts';

/** Cells of about 0.1 km²: a street block, the grain at which fleets are counted. */
export const H3_RESOLUTION = 9;

/** A position with what storing it adds: whose it is, where on the grid, what is thought of it. */
export interface StoredPosition {
  deviceId: number;
  operatorId: number;
  /** The halves of the H3 cell, as signed 32-bit numbers; both 0, which is no cell, without a place on Earth. */
  h3High: number;
  h3Low: number;
  position: Position;
  verdict: Verdict;
}

/** Before it is judged: whoever stores a position gives it its own. */
const UNJUDGED: Verdict = { doubts: 0, remarks: 0, distanceM: null };

/** Places a position on the H3 grid for storing. */
export function toStored(
  deviceId: number,
  operatorId: number,
  position: Position,
  verdict: Verdict = UNJUDGED,
): StoredPosition {
  const { lat, lon } = position;
  if (lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180)
    return { deviceId, operatorId, h3High: 0, h3Low: 0, position, verdict };
  const { high, low } = cellOf(lat, lon, H3_RESOLUTION);
  return { deviceId, operatorId, h3High: high, h3Low: low, position, verdict };
}
