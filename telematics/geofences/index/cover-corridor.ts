import { EARTH_RADIUS_M } from '../../positions/distance.ts';
import { isLeap } from '../shape/contains.ts';
import { halfLengthRad, inSpace, segmentDistanceM } from '../shape/segment.ts';
import { capOfBox, latOf, lonOf } from './cell-box.ts';
import { DIGITS, enterChild } from './cell-path.ts';
import { baseCellsNear, type CoverSink, path, resolutionFor } from './cover.ts';
import { BEND_SHARE } from './cover-circle.ts';
import { EDGES_SHIFT, HALF_BOTH, RUN_WORDS } from './entries.ts';
import type { RunStack } from './narrow.ts';

/** Along its line a corridor is cut into as many pieces, or up to √7 times more. */
const CELLS_ALONG = 12;
/** Distances to a segment are right to 0.1 % (shape/segment.ts); near the poles nothing is taken for sure. */
const SURE_SHARE = 0.99;
const SURE_UP_TO_LAT = 80;
const SPARE_RAD = 1e-8;

interface Corridor {
  xy: Float64Array;
  /** Number of the first vertex of the chunk. */
  chunkFirst: number;
  reachRad: number;
  finest: number;
  stack: RunStack;
  sink: CoverSink;
}

/** Covers a corridor whose line has its vertices in a chunk from one place up to another. */
export function coverCorridor(
  xy: Float64Array,
  chunkFirst: number,
  from: number,
  to: number,
  reachM: number,
  stack: RunStack,
  sink: CoverSink,
): void {
  const reachRad = reachM / EARTH_RADIUS_M;
  const line = capOfBox(xy, from, to);
  const finest = resolutionFor(Math.max(reachRad * 2, line.reachRad), CELLS_ALONG / 2);
  const corridor = { xy, chunkFirst, reachRad, finest, stack, sink };
  stack.words[0] = chunkFirst + from / 2;
  stack.words[1] = ((to - from) / 2 - 1) << EDGES_SHIFT;
  for (const _ of baseCellsNear({ ...line, reachRad: line.reachRad + reachRad + SPARE_RAD })) {
    visit(corridor, 0, 0, RUN_WORDS);
  }
}

function visit(corridor: Corridor, resolution: number, from: number, to: number): void {
  const { words } = corridor.stack;
  const reach = path.reachRad[resolution]! * BEND_SHARE + SPARE_RAD;
  const lat = latOf(path, resolution);
  const lon = lonOf(path, resolution);
  let end = to;
  let isSure = false;
  for (let at = from; at < to; at += RUN_WORDS) {
    const first = words[at]! >>> 0;
    const edges = words[at + 1]! >>> EDGES_SHIFT;
    let opened = -1;
    for (let edge = 0; edge <= edges; edge++) {
      const place = (first - corridor.chunkFirst + edge) * 2;
      if (edge < edges && isNear(corridor, resolution, place, reach)) {
        if (opened < 0) opened = edge;
        isSure ||= isCovered(corridor, lat, lon, place, reach);
      } else if (opened >= 0) {
        words[end] = first + opened;
        words[end + 1] = (edge - opened) << EDGES_SHIFT;
        end += RUN_WORDS;
        opened = -1;
      }
    }
  }
  if (end === to) return;
  if (isSure) return corridor.sink.inside(path, resolution);
  if (resolution >= corridor.finest) {
    return corridor.sink.boundary(path, resolution, HALF_BOTH, 0, words, to, end);
  }
  for (let digit = 0; digit < DIGITS; digit++) {
    if (enterChild(path, resolution, digit)) visit(corridor, resolution + 1, to, end);
  }
}

/** Whether one segment alone covers the whole cell. */
function isCovered(
  { xy, reachRad }: Corridor,
  lat: number,
  lon: number,
  place: number,
  reach: number,
): boolean {
  if (reach > reachRad || Math.abs(lat) > SURE_UP_TO_LAT) return false;
  const distanceM = segmentDistanceM(lat, lon, xy[place + 1]!, xy[place]!, xy[place + 3]!, xy[place + 2]!);
  return distanceM / EARTH_RADIUS_M + reach < reachRad * SURE_SHARE;
}

function isNear({ xy, reachRad }: Corridor, resolution: number, place: number, reach: number): boolean {
  const [aLon, aLat, bLon, bLat] = [xy[place]!, xy[place + 1]!, xy[place + 2]!, xy[place + 3]!];
  if (isLeap(aLon, bLon)) return false;
  return mayReach(resolution, aLat, aLon, bLat, bLon, reachRad + reach);
}

/** Whether a segment may come within an angle of the centre of the cell: by halves, until it is clear. */
function mayReach(
  resolution: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
  withinRad: number,
): boolean {
  const [lat, lon] = [(aLat + bLat) / 2, (aLon + bLon) / 2];
  const half = halfLengthRad(aLat, aLon, bLat, bLon);
  const [x, y, z] = inSpace(lat, lon);
  const chord = Math.hypot(path.x[resolution]! - x, path.y[resolution]! - y, path.z[resolution]! - z);
  const angle = 2 * Math.asin(Math.min(1, chord / 2));
  if (angle - half > withinRad) return false;
  if (half < withinRad / 8) return true;
  return (
    mayReach(resolution, aLat, aLon, lat, lon, withinRad) ||
    mayReach(resolution, lat, lon, bLat, bLon, withinRad)
  );
}
