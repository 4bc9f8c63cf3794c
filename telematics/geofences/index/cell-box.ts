import { halfLengthRad } from '../shape/segment.ts';
import type { CellPath } from './cell-path.ts';
import { type Cap, capAround } from './cover.ts';
import { HALF_BOTH, HALF_EAST, HALF_WEST } from './entries.ts';
import type { Box } from './narrow.ts';

const DEGREES_PER_RADIAN = 180 / Math.PI;
/** For rounding: a tenth of a millimetre. */
const SPARE_DEGREES = 1e-9;

export const latOf = (path: CellPath, resolution: number): number =>
  Math.asin(Math.max(-1, Math.min(1, path.z[resolution]!))) * DEGREES_PER_RADIAN;
export const lonOf = (path: CellPath, resolution: number): number =>
  Math.atan2(path.y[resolution]!, path.x[resolution]!) * DEGREES_PER_RADIAN;

/** A box that holds a cell, or the half of one that lies across the antimeridian. */
export interface CellBox extends Box {
  half: number;
}

/**
 * The box of the cell on a path within another: two at the antimeridian, none if they have nothing in
 * common.
 */
export function boxesWithin(around: CellBox, path: CellPath, resolution: number): CellBox[] {
  const lat = latOf(path, resolution);
  const reachRad = path.reachRad[resolution]!;
  const reach = reachRad * DEGREES_PER_RADIAN + SPARE_DEGREES;
  const south = Math.max(around.south, lat - reach);
  const north = Math.min(around.north, lat + reach);
  if (south > north) return [];
  const part = (west: number, east: number, half: number): CellBox[] => {
    const box = { half, south, north, west: Math.max(around.west, west), east: Math.min(around.east, east) };
    return box.west > box.east ? [] : [box];
  };
  if (Math.abs(lat) + reach >= 90) return part(-180, 180, around.half);
  const lon = lonOf(path, resolution);
  // A circle touches its meridians further from the equator than its centre is.
  const share = Math.sin(reachRad) / Math.cos(lat / DEGREES_PER_RADIAN);
  const lonReach = Math.asin(Math.min(1, share)) * DEGREES_PER_RADIAN + SPARE_DEGREES;
  if (lon - lonReach < -180) {
    return [...part(-180, lon + lonReach, HALF_WEST), ...part(lon - lonReach + 360, 180, HALF_EAST)];
  }
  if (lon + lonReach > 180) {
    return [...part(-180, lon + lonReach - 360, HALF_WEST), ...part(lon - lonReach, 180, HALF_EAST)];
  }
  return part(lon - lonReach, lon + lonReach, HALF_BOTH);
}

/** A cap that holds all points between the least and greatest longitude and latitude of vertices. */
export function capOfBox(xy: Float64Array, from: number, to: number): Cap {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (let place = from; place < to; place += 2) {
    west = Math.min(west, xy[place]!);
    east = Math.max(east, xy[place]!);
    south = Math.min(south, xy[place + 1]!);
    north = Math.max(north, xy[place + 1]!);
  }
  return capAround((south + north) / 2, (west + east) / 2, halfLengthRad(south, west, north, east));
}
