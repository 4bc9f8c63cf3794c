import { EARTH_RADIUS_M } from '../../positions/distance.ts';
import { DIGITS, enterChild, FINEST } from './cell-path.ts';
import { angleTo, baseCellsNear, type Cap, type CoverSink, capAround, path, resolutionFor } from './cover.ts';
import { HALF_BOTH } from './entries.ts';

/** Boundary cells of a circle are this many times smaller than it, or up to √7 times more. */
const CELLS_ACROSS = 4;
/** Straight ways in longitude and latitude bend away from the globe's by less than this share of a cell. */
export const BEND_SHARE = 1.01;
/** For rounding. */
const SPARE_RAD = 1e-8;

const noWords = new Int32Array(0);

export function coverCircle(lat: number, lon: number, radiusM: number, sink: CoverSink): void {
  const cap = capAround(lat, lon, radiusM / EARTH_RADIUS_M);
  const finest = Math.min(FINEST, resolutionFor(cap.reachRad, CELLS_ACROSS));
  for (const _ of baseCellsNear({ ...cap, reachRad: cap.reachRad + 2 * SPARE_RAD }))
    visit(cap, 0, finest, sink);
}

function visit(cap: Cap, resolution: number, finest: number, sink: CoverSink): void {
  const angle = angleTo(cap, resolution);
  const reach = path.reachRad[resolution]! * BEND_SHARE + SPARE_RAD;
  if (angle - reach > cap.reachRad) return;
  if (angle + reach < cap.reachRad) return sink.inside(path, resolution);
  if (resolution === finest) return sink.boundary(path, resolution, HALF_BOTH, 0, noWords, 0, 0);
  for (let digit = 0; digit < DIGITS; digit++) {
    if (enterChild(path, resolution, digit)) visit(cap, resolution + 1, finest, sink);
  }
}
