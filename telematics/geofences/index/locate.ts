import { distanceM } from '../../positions/distance.ts';
import { cellOf } from '../../positions/h3/cell.ts';
import { edgeSide, ON_EDGE, WEST } from '../shape/rings.ts';
import { segmentDistanceM } from '../shape/segment.ts';
import { FINEST } from './cell-path.ts';
import { type CellTree, childOf, entriesFrom, entriesTo, rootOf } from './cell-tree.ts';
import {
  EDGES_SHIFT,
  entryLength,
  HALF_BOTH,
  halfOf,
  hasOtherParts,
  isInside,
  isOtherHalf,
  partOf,
  RUN_WORDS,
  runsHold,
} from './entries.ts';
import { CIRCLE, CORRIDOR, type Parts, POLYGON, ringsOf, xyOf } from './parts.ts';
import { chunkOf, placeOf } from './vertex-store.ts';

export interface Shapes {
  readonly parts: Parts;
  readonly tree: CellTree;
  /** By the first part of a shape: the last question that found it. */
  marks: Uint32Array;
  question: number;
}

/** The parts found by the last question. */
export interface Found {
  parts: Int32Array;
  count: number;
}

/** Finds a part of every shape that holds a point, each shape once. */
export function locate(shapes: Shapes, lat: number, lon: number, found: Found): void {
  found.count = 0;
  const isSpecial = Math.abs(lon) === 180 || Math.abs(lat) === 90;
  const { tree } = shapes;
  const { words } = tree;
  const { high, low } = cellOf(lat, lon, FINEST);
  let node = rootOf((high >> 13) & 127);
  let resolution = 0;
  for (;;) {
    const block = words[node + 1]!;
    if (block !== 0) {
      if (isSpecial) seamEntries(shapes, block, lat, lon, found);
      else readEntries(shapes, block, lat, lon, found);
    }
    const children = words[node]!;
    if (children === 0) return;
    resolution += 1;
    node = childOf(children, digitAt(high, low, resolution));
  }
}

/** The digit of a cell at a resolution from 1 to 15: the fifth is in both halves. */
export function digitAt(high: number, low: number, resolution: number): number {
  if (resolution > 5) return (low >>> (45 - 3 * resolution)) & 7;
  if (resolution < 5) return (high >>> (13 - 3 * resolution)) & 7;
  return ((high & 1) << 2) | (low >>> 30);
}

function readEntries(shapes: Shapes, block: number, lat: number, lon: number, found: Found): void {
  const { parts, tree } = shapes;
  const { words } = tree;
  const end = entriesTo(tree, block);
  let at = entriesFrom(block);
  while (at < end) {
    const word = words[at]!;
    if (isInside(word)) {
      at += 1;
      add(shapes, found, ~word);
      continue;
    }
    const from = at;
    at += entryLength(words, at);
    if (entryHolds(parts, words, from, at, lat, lon)) add(shapes, found, word);
  }
}

/** Whether a part holds a point, by an entry for its boundary in `words` from one place to another. */
export function entryHolds(
  parts: Parts,
  words: Int32Array,
  at: number,
  to: number,
  lat: number,
  lon: number,
): boolean {
  const head = words[at + 1]!;
  const half = halfOf(head);
  if (half !== HALF_BOTH && isOtherHalf(half, lon)) return false;
  const part = partOf(words[at]!);
  const kind = parts.kind[part]!;
  if (kind === POLYGON) return runsHold(parts.vertices.chunks, words, at + 2, to, head & 1, lat, lon);
  if (kind === CIRCLE) return circleHolds(parts, part, lat, lon);
  return corridorHolds(parts, part, words, at + 2, to, lat, lon);
}

function add(shapes: Shapes, found: Found, label: number): void {
  const part = partOf(label);
  if (hasOtherParts(label)) {
    const shape = shapes.parts.shape[part]!;
    if (shapes.marks[shape] === shapes.question) return;
    shapes.marks[shape] = shapes.question;
  }
  if (found.count === found.parts.length) {
    const grown = new Int32Array(found.count * 2);
    grown.set(found.parts);
    found.parts = grown;
  }
  found.parts[found.count++] = part;
}

function circleHolds(parts: Parts, part: number, lat: number, lon: number): boolean {
  const xy = xyOf(parts, part);
  const place = placeOf(parts.firstVertex[part]!);
  return distanceM(xy[place + 1]!, xy[place]!, lat, lon) <= parts.reachM[part]!;
}

function corridorHolds(
  parts: Parts,
  part: number,
  words: Int32Array,
  from: number,
  to: number,
  lat: number,
  lon: number,
): boolean {
  const reachM = parts.reachM[part]!;
  for (let at = from; at < to; at += RUN_WORDS) {
    const vertex = words[at]! >>> 0;
    const xy = chunkOf(parts.vertices.chunks, vertex);
    const begin = placeOf(vertex);
    const end = begin + (words[at + 1]! >>> EDGES_SHIFT) * 2;
    for (let place = begin; place < end; place += 2) {
      const distance = segmentDistanceM(lat, lon, xy[place + 1]!, xy[place]!, xy[place + 3]!, xy[place + 2]!);
      if (distance <= reachM) return true;
    }
  }
  return false;
}

/**
 * Points at the antimeridian and the poles, which have more than one longitude, are rare: all edges of
 * what is near are asked.
 */
function seamEntries(shapes: Shapes, block: number, lat: number, lon: number, found: Found): void {
  const { parts, tree } = shapes;
  const end = entriesTo(tree, block);
  for (let at = entriesFrom(block); at < end; at += entryLength(tree.words, at)) {
    const word = tree.words[at]!;
    const label = isInside(word) ? ~word : word;
    const part = partOf(label);
    const kind = parts.kind[part]!;
    const isHeld =
      isInside(word) ||
      (kind === CIRCLE && circleHolds(parts, part, lat, lon)) ||
      (kind === CORRIDOR &&
        corridorHolds(parts, part, tree.words, at + 2, at + entryLength(tree.words, at), lat, lon)) ||
      (kind === POLYGON && polygonHolds(parts, part, lat));
    // Both halves of a cell at the antimeridian lead here: only once.
    if (isHeld && !found.parts.subarray(0, found.count).includes(part)) add(shapes, found, label);
  }
}

function polygonHolds(parts: Parts, part: number, lat: number): boolean {
  const xy = xyOf(parts, part);
  const begin = placeOf(parts.firstVertex[part]!);
  if (Math.abs(lat) === 90) {
    const end = begin + parts.vertexCount[part]! * 2;
    for (let place = begin; place < end; place += 2) if (xy[place + 1] === lat) return true;
    return false;
  }
  return ringsHold(parts, part, lat, 180) || ringsHold(parts, part, lat, -180);
}

function ringsHold(parts: Parts, part: number, lat: number, lon: number): boolean {
  const xy = xyOf(parts, part);
  let place = placeOf(parts.firstVertex[part]!);
  let isOdd = false;
  for (const vertices of ringsOf(parts, part)) {
    const last = place + (vertices - 1) * 2;
    for (; place < last; place += 2) {
      const side = edgeSide(
        xy[place]! - lon,
        xy[place + 1]! - lat,
        xy[place + 2]! - lon,
        xy[place + 3]! - lat,
      );
      if (side === ON_EDGE) return true;
      if (side === WEST) isOdd = !isOdd;
    }
    place += 2;
  }
  return isOdd;
}
