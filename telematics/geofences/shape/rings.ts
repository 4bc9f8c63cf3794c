import { orient2d } from 'robust-predicates';
import type { Coordinates } from '../geofence.ts';

/**
 * Whether rings (an outer one and its holes) hold a point, their edges included: the answers of
 * `booleanPointInPolygon` of turf, to the last bit. After point-in-polygon-hao 1.2
 * (https://github.com/rowanwins/point-in-polygon-hao, MIT License), which turf calls: an edge counts
 * if it spans the point's latitude to the west of it, and arithmetic that rounding could turn is exact.
 */
export function ringsHold(rings: readonly (readonly Coordinates[])[], lat: number, lon: number): boolean {
  let isOdd = false;
  for (const ring of rings) {
    let [u1, v1] = [ring[0]![0] - lon, ring[0]![1] - lat];
    for (let at = 1; at < ring.length; at++) {
      const u2 = ring[at]![0] - lon;
      const v2 = ring[at]![1] - lat;
      const side = edgeSide(u1, v1, u2, v2);
      if (side === ON_EDGE) return true;
      if (side === WEST) isOdd = !isOdd;
      u1 = u2;
      v1 = v2;
    }
  }
  return isOdd;
}

/** The edge does not count. */
export const NO_SIDE = 0;
/** The edge spans the latitude of the point, to the west of it. */
export const WEST = 1;
export const ON_EDGE = 2;

/** How an edge lies to a point, given its ends minus the point. */
export function edgeSide(u1: number, v1: number, u2: number, v2: number): 0 | 1 | 2 {
  // Quickly told, and also right where products are too small for a number.
  if (u1 > 0 && u2 > 0) return NO_SIDE;
  if (u1 < 0 && u2 < 0) return v1 > 0 === v2 > 0 ? NO_SIDE : WEST;
  if (v1 === 0 && v2 === 0) {
    return (u2 <= 0 && u1 >= 0) || (u1 <= 0 && u2 >= 0) ? ON_EDGE : NO_SIDE;
  }
  if ((v2 >= 0 && v1 <= 0) || (v2 <= 0 && v1 >= 0)) {
    const turn = orient2d(u1, u2, v1, v2, 0, 0);
    if (turn === 0) return ON_EDGE;
    if ((turn > 0 && v2 > 0 && v1 <= 0) || (turn < 0 && v2 <= 0 && v1 > 0)) return WEST;
  }
  return NO_SIDE;
}
