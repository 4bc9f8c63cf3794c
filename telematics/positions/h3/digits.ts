import type { Hexagon } from './exact-hexagon.ts';

/*
 * The digits of a cell: at each resolution, in which direction it lies from the centre of the cell
 * around it. After H3 core 4.5, include/coordijk.h and lib/h3Index.c (https://github.com/uber/h3,
 * copyright Uber Technologies, Inc., Apache License 2.0), of which the names in backticks are. Its
 * coordinates i, j and k are i - k and j - k here.
 */

/** No digit: the cell is coarser. */
export const UNUSED_DIGIT = 7;
/** The digit that is left out around a pentagon (`K_AXES_DIGIT`). */
export const K_AXIS = 1;

/** By `3 * (i + 1) + (j + 1)` of a step (`_unitIjkToDigit`). */
const DIGIT_OF_STEP = [1, 3, UNUSED_DIGIT, 5, 0, 2, UNUSED_DIGIT, 4, 6] as const;

/** Goes from a hexagon to the one of the next coarser resolution, and gives its digit in there. */
export function climb(hexagon: Hexagon, resolution: number): number {
  const { i, j } = hexagon;
  if (resolution % 2 === 1) {
    // `_upAp7`, `_downAp7`
    const up = Math.round((3 * i - j) / 7) | 0;
    const along = Math.round((i + 2 * j) / 7) | 0;
    hexagon.i = up;
    hexagon.j = along;
    return DIGIT_OF_STEP[3 * (i - 2 * up - along + 1) + j + up - 3 * along + 1]!;
  }
  // `_upAp7r`, `_downAp7r`
  const up = Math.round((2 * i + j) / 7) | 0;
  const along = Math.round((3 * j - i) / 7) | 0;
  hexagon.i = up;
  hexagon.j = along;
  return DIGIT_OF_STEP[3 * (i - 3 * up + along + 1) + j - up - 2 * along + 1]!;
}

/*
 * Two resolutions further up the axes are turned back to where they were, and seven steps have
 * become one. What happens on the way depends on the remainders of i and j by seven alone.
 */
const pairs = new Uint8Array(49);
const stepsI = new Int8Array(49);
const stepsJ = new Int8Array(49);
for (let remainders = 0; remainders < 49; remainders++) {
  const hexagon = { face: 0, i: Math.trunc(remainders / 7), j: remainders % 7 };
  const finer = climb(hexagon, 2);
  pairs[remainders] = (climb(hexagon, 1) << 3) | finer;
  stepsI[remainders] = hexagon.i;
  stepsJ[remainders] = hexagon.j;
}

/** A multiple of seven beyond any coordinate, by which to divide positive numbers only. */
const ABOVE_ZERO = 7 * 2 ** 24;

/** Goes two resolutions up from an even one, and gives the two digits: the coarser one, and the finer in the lower three bits. */
export function climbTwice(hexagon: Hexagon): number {
  const i = hexagon.i + ABOVE_ZERO;
  const j = hexagon.j + ABOVE_ZERO;
  const seventhI = (i / 7) | 0;
  const seventhJ = (j / 7) | 0;
  const remainders = (i - seventhI * 7) * 7 + j - seventhJ * 7;
  hexagon.i = seventhI - ABOVE_ZERO / 7 + stepsI[remainders]!;
  hexagon.j = seventhJ - ABOVE_ZERO / 7 + stepsJ[remainders]!;
  return pairs[remainders]!;
}

/** What 60° counter-clockwise makes of each digit (`_rotate60ccw`). */
const TURNED_DIGIT = [0, 5, 3, 1, 6, 4, 2, UNUSED_DIGIT] as const;

/** By `64 * turns + pair`, for 0 to 5 turns of 60° counter-clockwise. */
export const turnedPairs = new Uint8Array(6 * 64);
for (let pair = 0; pair < 64; pair++) turnedPairs[pair] = pair;
for (let at = 64; at < turnedPairs.length; at++) {
  const before = turnedPairs[at - 64]!;
  turnedPairs[at] = (TURNED_DIGIT[before >> 3]! << 3) | TURNED_DIGIT[before & 7]!;
}
