import { climb, climbTwice, K_AXIS, turnedPairs, UNUSED_DIGIT } from './digits.ts';
import type { Hexagon } from './exact-hexagon.ts';
import { findHexagon } from './hexagon.ts';
import { BASE_CELLS_BY_FACE, PENTAGONS } from './tables.ts';

/*
 * H3 cells (https://h3geo.org) without leaving JavaScript: docs/adr/0007-own-h3-cell.md. After H3
 * core 4.5, src/h3lib/lib/h3Index.c (https://github.com/uber/h3, copyright Uber Technologies, Inc.,
 * Apache License 2.0), of which the names in backticks are.
 */

/** A cell of the grid: its 64-bit number in two halves, each as a signed 32-bit number. */
export interface Cell {
  high: number;
  low: number;
}

/** The usual way to write a cell: 15 hexadecimal digits. */
export function cellHex(high: number, low: number): string {
  return (high >>> 0).toString(16) + (low >>> 0).toString(16).padStart(8, '0');
}

const CELL_MODE = 1 << 27;

/** Base cells are at most this many steps from the centre of a face. */
const REACH = 2;
const SIDE = 2 * REACH + 1;
/** By `(face * SIDE + i + REACH) * SIDE + j + REACH`. */
const baseCells = new Uint8Array(BASE_CELLS_BY_FACE.length * SIDE * SIDE);
const turnsToBaseCell = new Uint8Array(baseCells.length);
for (const [face, row] of BASE_CELLS_BY_FACE.entries()) {
  const cells = row.split(' ').values();
  for (let i = -REACH; i <= REACH; i++) {
    for (let j = Math.max(i, 0) - REACH; j <= Math.min(i, 0) + REACH; j++) {
      const [baseCell, turns] = cells.next().value!.split('/').map(Number);
      const at = (face * SIDE + i + REACH) * SIDE + j + REACH;
      baseCells[at] = baseCell!;
      turnsToBaseCell[at] = turns!;
    }
  }
}

const HEXAGON = -1;
/** For each base cell that is a pentagon, the faces on which it lies turned clockwise as bits. */
const clockwiseFaces = new Int32Array(122).fill(HEXAGON);
for (const [baseCell, faces] of PENTAGONS) {
  clockwiseFaces[baseCell] = faces.reduce((bits, face) => bits | (1 << face), 0);
}

const UNUSED_PAIR = (UNUSED_DIGIT << 3) | UNUSED_DIGIT;

const hexagon: Hexagon = { face: 0, i: 0, j: 0 };
/** The digits, two by two: they come finest first, and can be turned only when the base cell is known. */
const pairs = new Uint8Array(8);
const cell: Cell = { high: 0, low: 0 };

/**
 * The cell around a point, exactly the one that H3 says (`latLngToCell`).
 * @param lat finite, in degrees, as is `lon`
 * @param resolution whole, from 0 to 15
 * @returns the same object every time: read it before the next call
 */
export function cellOf(lat: number, lon: number, resolution: number): Readonly<Cell> {
  findHexagon(lat, lon, resolution, hexagon);
  const isOdd = resolution & 1;
  let pair = resolution >> 1;
  for (let unused = pair; unused < pairs.length; unused++) pairs[unused] = UNUSED_PAIR;
  if (isOdd) pairs[pair] = (climb(hexagon, resolution) << 3) | UNUSED_DIGIT;
  while (pair > 0) pairs[--pair] = climbTwice(hexagon);

  const at = (hexagon.face * SIDE + hexagon.i + REACH) * SIDE + hexagon.j + REACH;
  const baseCell = baseCells[at]!;
  let turns = turnsToBaseCell[at]!;
  const clockwise = clockwiseFaces[baseCell]!;
  if (clockwise !== HEXAGON) turns = turnsAroundPentagon(turns, (clockwise >> hexagon.face) & 1);

  const turned = turns * 64;
  const third = turnedPairs[turned + pairs[2]!]!;
  cell.high =
    CELL_MODE |
    (resolution << 20) |
    (baseCell << 13) |
    (turnedPairs[turned + pairs[0]!]! << 7) |
    (turnedPairs[turned + pairs[1]!]! << 1) |
    (third >> 5);
  cell.low =
    (third << 27) |
    (turnedPairs[turned + pairs[3]!]! << 21) |
    (turnedPairs[turned + pairs[4]!]! << 15) |
    (turnedPairs[turned + pairs[5]!]! << 9) |
    (turnedPairs[turned + pairs[6]!]! << 3) |
    (turnedPairs[turned + pairs[7]!]! >> 3);
  return cell;
}

/** Turns that leave the direction k out, which a pentagon does not have (`_h3RotatePent60ccw`). */
function turnsAroundPentagon(turns: number, isClockwise: number): number {
  const pair = pairs.find((digits) => digits !== 0)!;
  const leading = pair >> 3 || pair & 7;
  if (leading === UNUSED_DIGIT) return 0;
  let all = 0;
  if (leading === K_AXIS) all = isClockwise ? 5 : 1;
  for (let turn = 0; turn < turns; turn++) {
    all = (all + 1) % 6;
    if (turnedPairs[all * 64 + leading] === K_AXIS) all = (all + 1) % 6;
  }
  return all;
}
