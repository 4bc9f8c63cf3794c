import { type CellPath, FINEST } from './cell-path.ts';
import { addEntry, createCellTree, removeEntries } from './cell-tree.ts';
import type { CoverSink } from './cover.ts';
import { coverCircle } from './cover-circle.ts';
import { coverCorridor } from './cover-corridor.ts';
import { coverPolygon } from './cover-polygon.ts';
import { findMet } from './crossing.ts';
import {
  entryLength,
  HALF_BOTH,
  halfOf,
  headOf,
  insideEntry,
  isInside,
  labelOf,
  partOf,
  RUN_WORDS,
} from './entries.ts';
import type { FenceIndex } from './fence-index.ts';
import { type Found, locate, type Shapes } from './locate.ts';
import type { RunStack } from './narrow.ts';
import { partsDistanceM } from './part-distance.ts';
import {
  addParts,
  boxOf,
  CIRCLE,
  CORRIDOR,
  createParts,
  dropPart,
  type PartNumbers,
  ringsOf,
  xyOf,
} from './parts.ts';
import { containingBySquares, crossedBySquares, isInSquares } from './square-questions.ts';
import { createSquares, forgetBox, keepWithinLimit } from './squares.ts';
import { placeOf } from './vertex-store.ts';

/** Runs of all resolutions of a cover: at each of them, an edge begins one run at most. */
const runStack: RunStack = { words: new Int32Array(1 << 14), parity: 0 };

const NONE: readonly number[] = [];
const FIRST_FOUND = 64;
const MAX_QUESTIONS = 2 ** 32 - 1;

/** An index of many shapes by H3 cells: docs/adr/0015-geofence-index.md. */
export function createFenceIndex(): FenceIndex {
  const shapes: Shapes = {
    parts: createParts(),
    tree: createCellTree(),
    marks: new Uint32Array(FIRST_FOUND),
    question: 0,
  };
  const { parts } = shapes;
  const squares = createSquares();
  const partsByKey = new Map<number, number | PartNumbers>();
  const found: Found = { parts: new Int32Array(FIRST_FOUND), count: 0 };
  const met: Found = { parts: new Int32Array(FIRST_FOUND), count: 0 };

  const ask = (): void => {
    if (shapes.marks.length < parts.used) shapes.marks = new Uint32Array(parts.kind.length);
    if (shapes.question === MAX_QUESTIONS) {
      shapes.marks.fill(0);
      shapes.question = 0;
    }
    shapes.question += 1;
  };
  const keysOf = (answer: Found): readonly number[] => {
    if (answer.count === 0) return NONE;
    const keys: number[] = [];
    for (let at = 0; at < answer.count; at++) keys.push(parts.key[answer.parts[at]!]!);
    return keys;
  };

  const remove = (key: number): void => {
    const known = partsByKey.get(key);
    if (known === undefined) return;
    partsByKey.delete(key);
    for (const part of typeof known === 'number' ? [known] : known) {
      cover(shapes, part, takeOut(shapes, part));
      forgetBox(squares, boxOf(parts, part));
      dropPart(parts, part);
    }
  };

  return {
    get size() {
      return partsByKey.size;
    },
    put(key, shape) {
      remove(key);
      const numbers = addParts(parts, key, shape);
      partsByKey.set(key, numbers.length === 1 ? numbers[0] : numbers);
      for (const part of numbers) {
        cover(shapes, part, putIn(shapes, labelOf(part, numbers.length > 1)));
        forgetBox(squares, boxOf(parts, part));
      }
    },
    remove,
    containing(lat, lon) {
      if (isInSquares(lat, lon)) {
        keepWithinLimit(squares, parts.used);
        return containingBySquares(shapes, squares, lat, lon);
      }
      ask();
      locate(shapes, lat, lon, found);
      return keysOf(found);
    },
    crossed(fromLat, fromLon, toLat, toLon) {
      if (isInSquares(fromLat, fromLon) && isInSquares(toLat, toLon)) {
        keepWithinLimit(squares, parts.used);
        const keys = crossedBySquares(shapes, squares, fromLat, fromLon, toLat, toLon);
        if (keys !== null) return keys;
      }
      findMet(shapes, fromLat, fromLon, toLat, toLon, met);
      if (met.count === 0) return NONE;
      ask();
      for (const [lat, lon] of [
        [fromLat, fromLon],
        [toLat, toLon],
      ] as const) {
        locate(shapes, lat, lon, found);
        for (let at = 0; at < found.count; at++)
          shapes.marks[parts.shape[found.parts[at]!]!] = shapes.question;
      }
      // What is marked holds an end, or was there before.
      let kept = 0;
      for (let at = 0; at < met.count; at++) {
        const shape = parts.shape[met.parts[at]!]!;
        if (shapes.marks[shape] === shapes.question) continue;
        shapes.marks[shape] = shapes.question;
        met.parts[kept++] = shape;
      }
      met.count = kept;
      return keysOf(met);
    },
    distanceToBoundaryM(key, lat, lon) {
      const known = partsByKey.get(key);
      if (known === undefined) throw new RangeError(`The geofence index has no shape ${key}`);
      return partsDistanceM(parts, typeof known === 'number' ? [known] : known, lat, lon);
    },
  };
}

function cover({ parts }: Shapes, part: number, sink: CoverSink): void {
  const first = parts.firstVertex[part]!;
  const xy = xyOf(parts, part);
  const from = placeOf(first);
  const count = parts.vertexCount[part]!;
  const words = (FINEST + 3) * (count + 2) * RUN_WORDS;
  if (runStack.words.length < words) runStack.words = new Int32Array(words);
  if (parts.kind[part] === CIRCLE) coverCircle(xy[from + 1]!, xy[from]!, parts.reachM[part]!, sink);
  else if (parts.kind[part] === CORRIDOR)
    coverCorridor(xy, first - from / 2, from, from + count * 2, parts.reachM[part]!, runStack, sink);
  else coverPolygon(parts.vertices.chunks, xy, first, ringsOf(parts, part), runStack, sink);
}

const putIn = ({ tree }: Shapes, label: number): CoverSink => ({
  inside(path, resolution) {
    const at = addEntry(tree, path, resolution, 1);
    tree.words[at] = insideEntry(label);
  },
  boundary(path, resolution, half, parity, words, from, to) {
    let at = addEntry(tree, path, resolution, 2 + to - from);
    tree.words[at++] = label;
    tree.words[at++] = headOf((to - from) / RUN_WORDS, half, parity);
    for (let word = from; word < to; word++) tree.words[at++] = words[word]!;
  },
});

function takeOut({ tree }: Shapes, part: number): CoverSink {
  const sift = (words: Int32Array, from: number, to: number): number => {
    let end = to;
    for (let at = from; at < end; ) {
      const length = entryLength(words, at);
      const word = words[at]!;
      if (partOf(isInside(word) ? ~word : word) === part) {
        const isOnly = isInside(word) || halfOf(words[at + 1]!) === HALF_BOTH;
        words.copyWithin(at, at + length, end);
        end -= length;
        if (isOnly) break;
      } else {
        at += length;
      }
    }
    return end - from;
  };
  const takeFrom = (path: CellPath, resolution: number): void => removeEntries(tree, path, resolution, sift);
  return { inside: takeFrom, boundary: takeFrom };
}
