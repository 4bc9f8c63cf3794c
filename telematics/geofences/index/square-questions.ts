import { distanceM, EARTH_RADIUS_M } from '../../positions/distance.ts';
import { halfLengthRad } from '../shape/segment.ts';
import { MAX_CROSSING_M, type Way } from '../shape/way.ts';
import { entryLength, hasOtherParts, isInside, partOf } from './entries.ts';
import { entryHolds, type Shapes } from './locate.ts';
import { wayMeetsEntry } from './meeting.ts';
import { childNode, reach, reached, rootNode } from './square-walk.ts';
import {
  answerOf,
  entriesAt,
  entriesEnd,
  fineX,
  fineY,
  SPLIT_BITS,
  SQUARES_UP_TO_LAT,
  type Squares,
  shiftAt,
  sideOfSquare,
} from './squares.ts';

const NONE: readonly number[] = [];
/** For rounding. */
const SPARE_DEGREES = 1e-9;
/** Longer ways than through as many columns or rows of roots are left to the tree of cells. */
const MAX_ROOTS = 2;

/** Whether squares have an answer for a point. */
export const isInSquares = (lat: number, lon: number): boolean =>
  Math.abs(lat) <= SQUARES_UP_TO_LAT && Math.abs(lon) < 180;

/** The keys of the shapes that hold a point. */
export function containingBySquares(
  shapes: Shapes,
  squares: Squares,
  lat: number,
  lon: number,
): readonly number[] {
  reach(shapes, squares, fineX(lon), fineY(lat));
  const { block } = reached;
  const { words } = squares;
  const { parts } = shapes;
  const inside = answerOf(squares, words[block]!);
  const end = entriesEnd(squares, block);
  let keys: number[] | null = null;
  for (let at = entriesAt(block); at < end; ) {
    const from = at;
    at += entryLength(words, at);
    const word = words[from]!;
    if (!isInside(word) && !entryHolds(parts, words, from, at, lat, lon)) continue;
    const label = isInside(word) ? ~word : word;
    const key = parts.key[partOf(label)]!;
    if (hasOtherParts(label) && (keys ?? inside).includes(key)) continue;
    keys ??= inside.slice();
    keys.push(key);
  }
  return keys ?? inside;
}

const way: Way = { fromLat: 0, fromLon: 0, toLat: 0, toLon: 0 };
const met: number[] = [];

/**
 * The keys of the shapes that a way leads through although they hold neither end; null if the way is
 * too long for squares. Both ends are in squares.
 */
export function crossedBySquares(
  shapes: Shapes,
  squares: Squares,
  fromLat: number,
  fromLon: number,
  toLat: number,
  toLon: number,
): readonly number[] | null {
  const [fromX, fromY, toX, toY] = [fineX(fromLon), fineY(fromLat), fineX(toLon), fineY(toLat)];
  const shift = shiftAt(0);
  if (Math.abs((fromX >> shift) - (toX >> shift)) >= MAX_ROOTS) return null;
  if (Math.abs((fromY >> shift) - (toY >> shift)) >= MAX_ROOTS) return null;
  reach(shapes, squares, fromX, fromY);
  const { block, level } = reached;
  const columns = Math.abs((fromX >> shiftAt(level)) - (toX >> shiftAt(level)));
  const rows = Math.abs((fromY >> shiftAt(level)) - (toY >> shiftAt(level)));
  const isWithin = columns + rows === 0;
  if (columns + rows <= 1 && hasNoEntries(squares, block)) {
    if (isWithin) return NONE;
    reach(shapes, squares, toX, toY);
    // Two squares side by side hold whatever way begins in the one and ends in the other.
    if (reached.level <= level && hasNoEntries(squares, reached.block)) return NONE;
  }
  way.fromLat = fromLat;
  way.fromLon = fromLon;
  way.toLat = toLat;
  way.toLon = toLon;
  met.length = 0;
  if (isWithin) meetEntries(shapes, squares, block);
  else walkRoots(shapes, squares, fromX, fromY, toX, toY);
  if (met.length === 0) return NONE;
  if (2 * halfLengthRad(fromLat, fromLon, toLat, toLon) * EARTH_RADIUS_M > MAX_CROSSING_M) {
    if (distanceM(fromLat, fromLon, toLat, toLon) > MAX_CROSSING_M) return NONE;
  }
  const atFrom = containingBySquares(shapes, squares, fromLat, fromLon);
  const atTo = containingBySquares(shapes, squares, toLat, toLon);
  return met.filter((key) => !atFrom.includes(key) && !atTo.includes(key));
}

const hasNoEntries = (squares: Squares, block: number): boolean =>
  entriesAt(block) === entriesEnd(squares, block);

function meetEntries(shapes: Shapes, squares: Squares, block: number): void {
  const { words } = squares;
  const { parts } = shapes;
  const end = entriesEnd(squares, block);
  for (let at = entriesAt(block); at < end; ) {
    const from = at;
    at += entryLength(words, at);
    if (isInside(words[from]!) || !wayMeetsEntry(parts, way, words, from, at)) continue;
    const key = parts.key[partOf(words[from]!)]!;
    if (!met.includes(key)) met.push(key);
  }
}

function walkRoots(
  shapes: Shapes,
  squares: Squares,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  span.left = Math.min(fromX, toX);
  span.right = Math.max(fromX, toX);
  span.bottom = Math.min(fromY, toY);
  span.top = Math.max(fromY, toY);
  const shift = shiftAt(0);
  for (let row = span.bottom >> shift; row <= span.top >> shift; row++) {
    for (let column = span.left >> shift; column <= span.right >> shift; column++) {
      if (isOnWay(column, row, 0))
        walk(shapes, squares, rootNode(shapes, squares, column, row), 0, column, row);
    }
  }
}

/** The squares that the way lies between, in numbers of the finest. */
const span = { left: 0, right: 0, bottom: 0, top: 0 };

function walk(
  shapes: Shapes,
  squares: Squares,
  node: number,
  level: number,
  column: number,
  row: number,
): void {
  if (node > 0) return meetEntries(shapes, squares, node);
  const finer = level + 1;
  const shift = shiftAt(finer);
  const left = Math.max(column << SPLIT_BITS, span.left >> shift);
  const right = Math.min(((column + 1) << SPLIT_BITS) - 1, span.right >> shift);
  const bottom = Math.max(row << SPLIT_BITS, span.bottom >> shift);
  const top = Math.min(((row + 1) << SPLIT_BITS) - 1, span.top >> shift);
  for (let y = bottom; y <= top; y++) {
    for (let x = left; x <= right; x++) {
      if (isOnWay(x, y, finer)) {
        walk(shapes, squares, childNode(shapes, squares, node, finer, x, y), finer, x, y);
      }
    }
  }
}

/** Whether corners of a square lie on both sides of the line along the way, or nearly so. */
function isOnWay(column: number, row: number, level: number): boolean {
  const side = sideOfSquare(level);
  const dx = way.toLon - way.fromLon;
  const dy = way.toLat - way.fromLat;
  const x = (column + 0.5) * side - 180 - way.fromLon;
  const y = (row + 0.5) * side - 90 - way.fromLat;
  return Math.abs(dx * y - dy * x) <= (side / 2 + SPARE_DEGREES) * (Math.abs(dx) + Math.abs(dy));
}
