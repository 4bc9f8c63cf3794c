import { distanceM, EARTH_RADIUS_M } from '../../positions/distance.ts';
import { isLeap } from '../shape/contains.ts';
import { segmentDistanceM } from '../shape/segment.ts';
import {
  EDGES_SHIFT,
  entryLength,
  HALF_BOTH,
  hasOtherParts,
  headOf,
  insideEntry,
  isInside,
  partOf,
  RUN_WORDS,
  runsOf,
} from './entries.ts';
import type { Shapes } from './locate.ts';
import { type Box, narrow, type RunStack } from './narrow.ts';
import { findNear } from './near.ts';
import { CIRCLE, type Parts, POLYGON, ringsOf, xyOf } from './parts.ts';
import {
  addAnswer,
  addSquare,
  answerOf,
  boxOfSquare,
  entriesAt,
  entriesEnd,
  type Squares,
} from './squares.ts';
import { placeOf } from './vertex-store.ts';

/**
 * A square of a level with more edges is divided. To make small squares costs more than to test some edges,
 * for whoever drives through.
 */
const MAX_EDGES = [16, 32, 96, Number.POSITIVE_INFINITY] as const;
/**
 * A list of keys as long as this, of what holds a square, also serves a square in it that has no more than the
 * given share in addition, which is noted among the entries: lists take most of the memory where many fences are.
 */
const MANY_KEYS = 16;
const SHARE_ADDED = 1 / 2;
/** What a test of a circle, or of a corridor's segment, costs in tests of edges. */
const EDGES_A_DISTANCE = 4;
/** Distances are right to 0.1 % (shape/segment.ts), and to a decimetre beyond the horizon. */
const SURE_SHARE = 0.99;
const PLANE_SHARE = 1.01;
const SPARE_M = 1;

const stack: RunStack = { words: new Int32Array(1 << 12), parity: 0 };
/** The square that is being made. */
const draft = { entries: new Int32Array(1 << 12), used: 0, edges: 0, inside: new Array<number>() };

/**
 * Makes a square of a level: from all shapes near it, or from the block of the square around it. Returns
 * its node.
 */
export function fillSquare(
  shapes: Shapes,
  squares: Squares,
  level: number,
  column: number,
  row: number,
  around: number,
): number {
  const { parts } = shapes;
  const box = boxOfSquare(column, row, level);
  draft.used = 0;
  draft.edges = 0;
  draft.inside.length = 0;
  if (around === 0) {
    const reachM = reachOf(box);
    const labels = findNear(
      shapes,
      (box.south + box.north) / 2,
      (box.west + box.east) / 2,
      reachM / EARTH_RADIUS_M,
    );
    for (const label of labels) addPart(parts, label, box);
  } else {
    const { words } = squares;
    const end = entriesEnd(squares, around);
    for (let at = entriesAt(around); at < end; at += entryLength(words, at)) addEntry(parts, words, at, box);
  }
  let answer = around === 0 ? 0 : squares.words[around]!;
  const before = answerOf(squares, answer);
  if (
    draft.inside.length > 0 &&
    (before.length < MANY_KEYS || draft.inside.length > before.length * SHARE_ADDED)
  ) {
    answer = addAnswer(squares, keysWith(before, parts, draft.inside));
  } else {
    for (const label of draft.inside) addInside(label);
  }
  const isDivided = draft.edges > MAX_EDGES[level]!;
  return addSquare(squares, answer, draft.entries, draft.used, isDivided);
}

/** Each shape once, however many of its parts hold the square. */
function keysWith(before: readonly number[], parts: Parts, labels: readonly number[]): readonly number[] {
  const keys = before.slice();
  for (const label of labels) {
    const key = parts.key[partOf(label)]!;
    if (!hasOtherParts(label) || !keys.includes(key)) keys.push(key);
  }
  return keys;
}

/** From the centre of a square to its corners, which are further away than any other points of it. */
function reachOf({ west, south, east, north }: Box): number {
  const [lat, lon] = [(south + north) / 2, (west + east) / 2];
  const reachM = Math.max(distanceM(lat, lon, south, west), distanceM(lat, lon, north, west));
  return reachM * PLANE_SHARE + SPARE_M;
}

/** All of a part, as near to the square as it may be. */
function addPart(parts: Parts, label: number, box: Box): void {
  const part = partOf(label);
  const first = parts.firstVertex[part]!;
  if (parts.kind[part] === POLYGON) {
    if (!meetsBox(parts, part, box)) return;
    let vertex = first;
    let to = 0;
    makeRoom(parts.vertexCount[part]! + ringsOf(parts, part).length);
    for (const vertices of ringsOf(parts, part)) {
      stack.words[to] = vertex;
      stack.words[to + 1] = (vertices - 1) << EDGES_SHIFT;
      to += RUN_WORDS;
      vertex += vertices;
    }
    addPolygon(parts, label, to, 0, box);
  } else if (parts.kind[part] === CIRCLE) {
    addCircle(parts, label, box);
  } else {
    makeRoom(parts.vertexCount[part]!);
    stack.words[0] = first;
    stack.words[1] = (parts.vertexCount[part]! - 1) << EDGES_SHIFT;
    addCorridor(parts, label, RUN_WORDS, box);
  }
}

/** What the square around knows of a part. */
function addEntry(parts: Parts, words: Int32Array, at: number, box: Box): void {
  const label = words[at]!;
  if (isInside(label)) {
    draft.inside.push(~label);
    return;
  }
  const head = words[at + 1]!;
  const part = partOf(label);
  const kind = parts.kind[part]!;
  if (kind === CIRCLE) return addCircle(parts, label, box);
  if (kind === POLYGON && !meetsBox(parts, part, box)) return;
  const count = runsOf(head) * RUN_WORDS;
  makeRoom(parts.vertexCount[part]! + count);
  for (let word = 0; word < count; word++) stack.words[word] = words[at + 2 + word]!;
  if (kind === POLYGON) addPolygon(parts, label, count, head & 1, box);
  else addCorridor(parts, label, count, box);
}

function makeRoom(vertices: number): void {
  // Runs before and after: an edge begins one run at most, and so does what a vertex leaves.
  const needed = (vertices + 2) * 4 * RUN_WORDS;
  if (stack.words.length < needed) stack.words = new Int32Array(needed);
}

function meetsBox({ boxes }: Parts, part: number, { west, south, east, north }: Box): boolean {
  const at = part * 4;
  return boxes[at]! <= east && boxes[at + 1]! <= north && boxes[at + 2]! >= west && boxes[at + 3]! >= south;
}

function addPolygon({ vertices }: Parts, label: number, to: number, parity: number, box: Box): void {
  const end = narrow(stack, vertices.chunks, 0, to, parity, box);
  if (end > to) addBoundary(label, stack.parity, to, end, 1);
  else if (stack.parity === 1) draft.inside.push(label);
}

function addCircle(parts: Parts, label: number, box: Box): void {
  const part = partOf(label);
  const xy = xyOf(parts, part);
  const place = placeOf(parts.firstVertex[part]!);
  const radiusM = parts.reachM[part]!;
  const reachM = reachOf(box);
  const awayM = distanceM(xy[place + 1]!, xy[place]!, (box.south + box.north) / 2, (box.west + box.east) / 2);
  if (awayM - reachM > radiusM) return;
  if (awayM + reachM < radiusM) draft.inside.push(label);
  else addBoundary(label, 0, 0, 0, EDGES_A_DISTANCE);
}

/** Keeps the segments that may reach the square, from the runs at the beginning of the stack. */
function addCorridor(parts: Parts, label: number, to: number, box: Box): void {
  const part = partOf(label);
  const xy = xyOf(parts, part);
  const chunkFirst = parts.firstVertex[part]! - placeOf(parts.firstVertex[part]!) / 2;
  const [lat, lon] = [(box.south + box.north) / 2, (box.west + box.east) / 2];
  const halfWidthM = parts.reachM[part]!;
  const reachM = reachOf(box);
  let end = to;
  for (let at = 0; at < to; at += RUN_WORDS) {
    const first = stack.words[at]! >>> 0;
    const edges = stack.words[at + 1]! >>> EDGES_SHIFT;
    let opened = -1;
    for (let edge = 0; edge <= edges; edge++) {
      const place = (first - chunkFirst + edge) * 2;
      let isNear = false;
      if (edge < edges && !isLeap(xy[place]!, xy[place + 2]!)) {
        const awayM = segmentDistanceM(lat, lon, xy[place + 1]!, xy[place]!, xy[place + 3]!, xy[place + 2]!);
        if (awayM + reachM < halfWidthM * SURE_SHARE) {
          draft.inside.push(label);
          return;
        }
        isNear = awayM * SURE_SHARE - reachM <= halfWidthM;
      }
      if (isNear) {
        if (opened < 0) opened = edge;
      } else if (opened >= 0) {
        stack.words[end] = first + opened;
        stack.words[end + 1] = (edge - opened) << EDGES_SHIFT;
        end += RUN_WORDS;
        opened = -1;
      }
    }
  }
  if (end > to) addBoundary(label, 0, to, end, EDGES_A_DISTANCE);
}

function makeRoomInDraft(needed: number): void {
  if (needed <= draft.entries.length) return;
  const grown = new Int32Array(Math.max(needed, draft.entries.length * 2));
  grown.set(draft.entries);
  draft.entries = grown;
}

function addInside(label: number): void {
  makeRoomInDraft(draft.used + 1);
  draft.entries[draft.used++] = insideEntry(label);
}

function addBoundary(label: number, parity: number, from: number, to: number, cost: number): void {
  const needed = draft.used + 2 + to - from;
  makeRoomInDraft(needed);
  const { entries } = draft;
  entries[draft.used] = label;
  entries[draft.used + 1] = headOf((to - from) / RUN_WORDS, HALF_BOTH, parity);
  for (let at = from; at < to; at++) entries[draft.used + 2 + at - from] = stack.words[at]!;
  draft.used = needed;
  if (from === to) draft.edges += cost;
  for (let at = from; at < to; at += RUN_WORDS) {
    draft.edges += (stack.words[at + 1]! >>> EDGES_SHIFT || 1) * cost;
  }
}
