import { boxesWithin, type CellBox, capOfBox, latOf, lonOf } from './cell-box.ts';
import { DIGITS, enterChild, FINEST } from './cell-path.ts';
import { angleTo, baseCellsNear, type Cap, type CoverSink, path, resolutionFor } from './cover.ts';
import { EDGES_SHIFT, HALF_BOTH, RUN_WORDS, runsHold } from './entries.ts';
import { narrow, type RunStack } from './narrow.ts';
import { placeOf } from './vertex-store.ts';

/** Boundary cells of a polygon are this many times smaller than it, or up to √7 times more. */
const CELLS_ACROSS = 4;
/** With as few vertices a point costs little to test, and larger cells do. */
const FEW_VERTICES = 12;
const CELLS_ACROSS_IF_FEW = 2;
/**
 * A cell with more short edges than these is divided further. Only short ones: long ones remain in
 * every child.
 */
const MAX_SHORT_EDGES = 16;
/** A cell as small as this is taken as the circle that it lies in, not as the box around that. */
const CIRCLE_UP_TO_RAD = 0.02;
const CIRCLE_UP_TO_LAT = 80;
/** For what the plane at a cell differs from the globe. */
const PLANE_SHARE = 1.001;
const DEGREES_PER_RADIAN = 180 / Math.PI;

const WORLD: CellBox = { west: -180, south: -90, east: 180, north: 90, half: HALF_BOTH };

interface Polygon {
  chunks: readonly Float64Array[];
  xy: Float64Array;
  /** Number of the first vertex of the chunk. */
  chunkFirst: number;
  cap: Cap;
  finest: number;
  stack: RunStack;
  sink: CoverSink;
}

/** Covers a polygon whose rings follow one another in a chunk, beginning with the vertex `first`. */
export function coverPolygon(
  chunks: readonly Float64Array[],
  xy: Float64Array,
  first: number,
  rings: readonly number[],
  stack: RunStack,
  sink: CoverSink,
): void {
  const from = placeOf(first);
  const count = rings.reduce((sum, vertices) => sum + vertices, 0);
  const cap = capOfBox(xy, from, from + count * 2);
  const across = count <= FEW_VERTICES ? CELLS_ACROSS_IF_FEW : CELLS_ACROSS;
  const finest = resolutionFor(cap.reachRad, across);
  const polygon = { chunks, xy, chunkFirst: first - from / 2, cap, finest, stack, sink };
  let vertex = first;
  let runsTo = 0;
  for (const vertices of rings) {
    stack.words[runsTo] = vertex;
    stack.words[runsTo + 1] = (vertices - 1) << EDGES_SHIFT;
    runsTo += RUN_WORDS;
    vertex += vertices;
  }
  for (const _ of baseCellsNear(cap)) descend(polygon, 0, WORLD, 0, runsTo, 0);
}

/** Looks at the cell on the path, given the runs and the parity of the cell around it and its box. */
function descend(
  polygon: Polygon,
  resolution: number,
  around: CellBox,
  from: number,
  to: number,
  parityAround: number,
): void {
  const { stack, chunks, sink } = polygon;
  for (const box of boxesWithin(around, path, resolution)) {
    let end = narrow(stack, chunks, from, to, parityAround, box);
    let { parity } = stack;
    if (end > to && isWithoutEdges(polygon, resolution, box, to, end)) {
      const isHeld = runsHold(
        chunks,
        stack.words,
        to,
        end,
        parity,
        latOf(path, resolution),
        lonOf(path, resolution),
      );
      parity = isHeld ? 1 : 0;
      end = to;
    }
    if (end === to) {
      if (parity === 0) continue;
      if (box.half === HALF_BOTH) sink.inside(path, resolution);
      else sink.boundary(path, resolution, box.half, parity, stack.words, to, to);
    } else if (isFineEnough(polygon, resolution, box, to, end)) {
      sink.boundary(path, resolution, box.half, parity, stack.words, to, end);
    } else {
      for (let digit = 0; digit < DIGITS; digit++) {
        if (!enterChild(path, resolution, digit)) continue;
        const isFar =
          angleTo(polygon.cap, resolution + 1) > polygon.cap.reachRad + path.reachRad[resolution + 1]!;
        if (!isFar) descend(polygon, resolution + 1, box, to, end, parity);
      }
    }
  }
}

/** Whether the edges that come near the box of the cell are all beside the circle in it. */
function isWithoutEdges(
  { xy, chunkFirst, stack: { words } }: Polygon,
  resolution: number,
  box: CellBox,
  from: number,
  to: number,
): boolean {
  const reachRad = path.reachRad[resolution]!;
  const lat = latOf(path, resolution);
  if (reachRad > CIRCLE_UP_TO_RAD || Math.abs(lat) > CIRCLE_UP_TO_LAT || box.half !== HALF_BOTH) return false;
  const lon = lonOf(path, resolution);
  const reach = reachRad * DEGREES_PER_RADIAN * PLANE_SHARE;
  const squaredReach = reach * reach;
  const lonScale = Math.cos((Math.abs(lat) + reach) / DEGREES_PER_RADIAN);
  for (let at = from; at < to; at += RUN_WORDS) {
    const begin = ((words[at]! >>> 0) - chunkFirst) * 2;
    const end = begin + (words[at + 1]! >>> EDGES_SHIFT) * 2;
    let x1 = (xy[begin]! - lon) * lonScale;
    let y1 = xy[begin + 1]! - lat;
    for (let place = begin + 2; place <= end; place += 2) {
      const x2 = (xy[place]! - lon) * lonScale;
      const y2 = xy[place + 1]! - lat;
      const [dx, dy] = [x2 - x1, y2 - y1];
      const length = dx * dx + dy * dy;
      const share = length === 0 ? 0 : Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / length));
      const [x, y] = [x1 + share * dx, y1 + share * dy];
      if (x * x + y * y <= squaredReach) return false;
      x1 = x2;
      y1 = y2;
    }
  }
  return true;
}

function isFineEnough(polygon: Polygon, resolution: number, box: CellBox, from: number, to: number): boolean {
  if (resolution < polygon.finest) return false;
  if (resolution === FINEST) return true;
  const { words } = polygon.stack;
  const [width, height] = [box.east - box.west, box.north - box.south];
  let short = 0;
  for (let at = from; at < to; at += RUN_WORDS) {
    const begin = ((words[at]! >>> 0) - polygon.chunkFirst) * 2;
    const end = begin + (words[at + 1]! >>> EDGES_SHIFT) * 2;
    for (let place = begin; place < end; place += 2) {
      const dx = Math.abs(polygon.xy[place + 2]! - polygon.xy[place]!);
      const dy = Math.abs(polygon.xy[place + 3]! - polygon.xy[place + 1]!);
      if (dx * 2 < width && dy * 2 < height) short += 1;
    }
  }
  return short <= MAX_SHORT_EDGES;
}
