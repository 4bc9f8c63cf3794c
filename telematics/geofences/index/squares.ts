import type { Box } from './narrow.ts';

/*
 * What is known of the places where positions come from: squares of longitude and latitude, each with the
 * keys of the shapes that hold all of it and with the edges that lead through it. They are made from the
 * tree of cells when somebody asks, and forgotten when a shape there changes or there are too many: a
 * fleet is mostly where it was a moment ago.
 *
 * A square with many edges is divided into 16, each of which is made when it is asked for. A node is 0 if not
 * known, positive for the block of an undivided square, and ~place of 16 nodes that a block follows.
 * A block is: which answer, where its entries end, and entries for boundaries as in entries.ts.
 */

/** Squares of a degree, 1.7 km of a meridian, at first. */
const ROOT_BITS = 6;
export const SPLIT_BITS = 2;
export const CHILDREN = 1 << (2 * SPLIT_BITS);
/** The smallest squares measure 27 m. */
const SQUARE_LEVELS = 3;
const FINEST_BITS = ROOT_BITS + SPLIT_BITS * SQUARE_LEVELS;
/** Steps of the finest squares in a degree: a power of two, so that no border is rounded. */
const FINE_PER_DEGREE = 1 << FINEST_BITS;
const ROOT_COLUMNS = 360 << ROOT_BITS;
/** Nearer to the poles squares are narrow, and distances to edges less sure. */
export const SQUARES_UP_TO_LAT = 80;

/** Nothing is there. */
const EMPTY_BLOCK = 1;
const BLOCK_HEAD_WORDS = 2;
const FIRST_WORDS = 1 << 10;
const FIRST_SLOTS = 1 << 6;
/** What squares may take altogether, in words of 32 bits: so many for each shape, within these. */
const WORDS_A_SHAPE = 256;
const LEAST_LIMIT_WORDS = 1 << 17;
const GREATEST_LIMIT_WORDS = 1 << 25;
/** A shape in more roots than this makes all be forgotten. */
const MAX_FORGOTTEN_ROOTS = 4_096;
const NO_KEYS: readonly number[] = [];

export interface Squares {
  words: Int32Array;
  used: number;
  /** Keys of shapes that hold a square, named by blocks. */
  readonly answers: (readonly number[])[];
  /** Numbers and objects in `answers`, as words. */
  answerWords: number;
  /** The root squares by open addressing, two words each: a number from 1, and its node. */
  roots: Int32Array;
  rootCount: number;
}

export function createSquares(): Squares {
  const squares: Squares = {
    words: new Int32Array(FIRST_WORDS),
    used: 0,
    answers: [],
    answerWords: 0,
    roots: new Int32Array(FIRST_SLOTS * 2),
    rootCount: 0,
  };
  forgetAll(squares);
  return squares;
}

function forgetAll(squares: Squares): void {
  if (squares.rootCount > 0) squares.roots.fill(0);
  squares.rootCount = 0;
  squares.words[EMPTY_BLOCK] = 0;
  squares.words[EMPTY_BLOCK + 1] = EMPTY_BLOCK + BLOCK_HEAD_WORDS;
  squares.used = EMPTY_BLOCK + BLOCK_HEAD_WORDS;
  squares.answers.length = 0;
  squares.answers.push(NO_KEYS);
  squares.answerWords = 0;
}

/** To be called between questions. */
export function keepWithinLimit(squares: Squares, shapes: number): void {
  const limit = Math.min(GREATEST_LIMIT_WORDS, Math.max(LEAST_LIMIT_WORDS, shapes * WORDS_A_SHAPE));
  if (squares.used + squares.answerWords + squares.roots.length <= limit) return;
  forgetAll(squares);
  if (squares.roots.length * 2 > limit) squares.roots = new Int32Array(FIRST_SLOTS * 2);
}

export const fineX = (lon: number): number => Math.floor(lon * FINE_PER_DEGREE) + 180 * FINE_PER_DEGREE;
export const fineY = (lat: number): number => Math.floor(lat * FINE_PER_DEGREE) + 90 * FINE_PER_DEGREE;

/** How far the numbers of the finest squares are shifted for those of a level. */
export const shiftAt = (level: number): number => (SQUARE_LEVELS - level) * SPLIT_BITS;

/** Degrees. */
export const sideOfSquare = (level: number): number => (1 << shiftAt(level)) / FINE_PER_DEGREE;

/** The square of a level, by the number that its column and row have there. */
export function boxOfSquare(column: number, row: number, level: number): Box {
  const perDegree = FINE_PER_DEGREE >> shiftAt(level);
  return {
    west: column / perDegree - 180,
    south: row / perDegree - 90,
    east: (column + 1) / perDegree - 180,
    north: (row + 1) / perDegree - 90,
  };
}

export const answerOf = (squares: Squares, answer: number): readonly number[] => squares.answers[answer]!;
export const entriesAt = (block: number): number => block + BLOCK_HEAD_WORDS;
export const entriesEnd = (squares: Squares, block: number): number => squares.words[block + 1]!;

/** Stores a square; returns its node. `answer` names one of `answers`. */
export function addSquare(
  squares: Squares,
  answer: number,
  entries: Int32Array,
  count: number,
  isDivided: boolean,
): number {
  if (answer === 0 && count === 0) return EMPTY_BLOCK;
  const from = squares.used;
  const block = from + (isDivided ? CHILDREN : 0);
  const begin = block + BLOCK_HEAD_WORDS;
  squares.used = begin + count;
  if (squares.used > squares.words.length) {
    const grown = new Int32Array(Math.max(squares.used, squares.words.length * 2));
    grown.set(squares.words);
    squares.words = grown;
  }
  const { words } = squares;
  words.fill(0, from, block);
  words[block] = answer;
  words[block + 1] = squares.used;
  for (let at = 0; at < count; at++) words[begin + at] = entries[at]!;
  return isDivided ? ~from : block;
}

export function addAnswer(squares: Squares, keys: readonly number[]): number {
  if (keys.length === 0) return 0;
  squares.answerWords += keys.length * 2 + 8;
  return squares.answers.push(keys) - 1;
}

/** Forgets what a change within a box touches. */
export function forgetBox(squares: Squares, { west, south, east, north }: Box): void {
  if (squares.rootCount === 0) return;
  const shift = shiftAt(0);
  const [left, right] = [fineX(west) >> shift, fineX(east) >> shift];
  const [bottom, top] = [fineY(south) >> shift, fineY(north) >> shift];
  if ((right - left + 1) * (top - bottom + 1) > MAX_FORGOTTEN_ROOTS) return forgetAll(squares);
  for (let row = bottom; row <= top; row++) {
    for (let column = left; column <= right; column++) {
      const slot = findSlot(squares.roots, numberOf(column, row));
      squares.roots[slot + 1] = 0;
    }
  }
}

/** 0 is for none. */
const numberOf = (column: number, row: number): number => row * ROOT_COLUMNS + column + 1;

/** Where a number is, or may be put: after Fibonacci hashing, the next free place. */
function findSlot(roots: Int32Array, number: number): number {
  const mask = roots.length - 1;
  let slot = ((Math.imul(number, 0x9e3779b1) >>> 7) * 2) & mask;
  while (roots[slot] !== number && roots[slot] !== 0) slot = (slot + 2) & mask;
  return slot;
}

/** Where the node of a root square is kept, in `squares.roots`; 0 is there if it is not known. */
export function rootSlot(squares: Squares, column: number, row: number): number {
  const number = numberOf(column, row);
  let slot = findSlot(squares.roots, number);
  if (squares.roots[slot] !== number) {
    squares.rootCount += 1;
    if (squares.rootCount * 4 > squares.roots.length) {
      growRoots(squares);
      slot = findSlot(squares.roots, number);
    }
    squares.roots[slot] = number;
  }
  return slot + 1;
}

function growRoots(squares: Squares): void {
  const before = squares.roots;
  squares.roots = new Int32Array(before.length * 2);
  for (let at = 0; at < before.length; at += 2) {
    if (before[at] === 0) continue;
    const slot = findSlot(squares.roots, before[at]!);
    squares.roots[slot] = before[at]!;
    squares.roots[slot + 1] = before[at + 1]!;
  }
}
