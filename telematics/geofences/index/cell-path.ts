import { cellToLatLng } from 'h3-js';
import { K_AXIS } from '../../positions/h3/digits.ts';
import {
  northAndEast,
  ODD_TURN_RAD,
  SQRT_7,
  STEPS_AT_RESOLUTION_0,
} from '../../positions/h3/exact-hexagon.ts';
import { BASE_CELLS_BY_FACE, FACES, PENTAGONS } from '../../positions/h3/tables.ts';
import { inSpace } from '../shape/segment.ts';
import { unfold } from './face-edges.ts';

/*
 * Where the cells of H3 lie, while going down from a base cell to ever finer ones. A cell here is the
 * set of points whose cell at resolution `FINEST` descends from it, which is what a look-up asks, and not
 * the hexagon of that name: the two differ along the border.
 */

/** The resolution at which points are looked up: hexagons of 9 m a side. */
export const FINEST = 12;
export const BASE_CELLS = 122;
export const DIGITS = 7;

/**
 * How far a cell reaches from its centre, in steps of its resolution: a child's centre is one step of its
 * own resolution away, which is √7 times shorter, and so on. Whatever the directions, no more than the
 * geometric series.
 */
const REACH_STEPS = 1 / (SQRT_7 - 1);
/** For rounding, ours and that of H3, which may be wrong by 13 µm about a border. */
const SPARE_SHARE = 1e-3;
const SPARE_RAD = 2e-9;

/** The length of a step of each resolution in a plane that touches the globe, whose radius is 1. */
export const stepsRad = Float64Array.from(
  { length: FINEST + 1 },
  (_, resolution) => 1 / (STEPS_AT_RESOLUTION_0 * SQRT_7 ** resolution),
);
/** How far cells of a resolution reach in the plane of a face, and on the globe at most. */
export const widestRad = stepsRad.map((step) => step * REACH_STEPS * (1 + SPARE_SHARE) + SPARE_RAD);

/** Directions by digit, counter-clockwise from the i axis (`CoordIJK` of H3: 4 is i, 2 is j, 1 is k). */
const TURN_DEGREES = [0, 240, 120, 180, 0, 300, 60] as const;

/**
 * The step towards a digit, by `((face * 2 + oddness) * 7 + digit) * 3`, in a plane that touches the
 * globe.
 */
export const steps = new Float64Array(FACES.length * 2 * DIGITS * 3);
for (const [face, [x, y, z, azimuthRad]] of FACES.entries()) {
  const [north, east] = northAndEast(x, y, z);
  for (const odd of [0, 1]) {
    for (let digit = 1; digit < DIGITS; digit++) {
      const direction = azimuthRad - odd * ODD_TURN_RAD - (TURN_DEGREES[digit]! * Math.PI) / 180;
      for (const axis of [0, 1, 2]) {
        steps[((face * 2 + odd) * DIGITS + digit) * 3 + axis] =
          Math.cos(direction) * north[axis]! + Math.sin(direction) * east[axis]!;
      }
    }
  }
}

export const PENTAGON = -1;
/** Of each base cell: a face that has it upright, and its centre in the plane of that face. */
export const homeFaces = new Int8Array(BASE_CELLS).fill(PENTAGON);
const homes = new Float64Array(BASE_CELLS * 3);
placeBaseCells();

/** A way down the grid: the arrays hold a cell at each resolution, as far as one has gone. */
export interface CellPath {
  baseCell: number;
  /** By resolution; that of a base cell is not used. */
  readonly digits: Uint8Array;
  /** The centre in the plane of the base cell's face. */
  readonly planeX: Float64Array;
  readonly planeY: Float64Array;
  readonly planeZ: Float64Array;
  /** The centre on the unit sphere. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** No point of the cell is further than this angle from its centre. */
  readonly reachRad: Float64Array;
}

export function createCellPath(): CellPath {
  const numbers = (): Float64Array => new Float64Array(FINEST + 1);
  return {
    baseCell: 0,
    digits: new Uint8Array(FINEST + 1),
    planeX: numbers(),
    planeY: numbers(),
    planeZ: numbers(),
    x: numbers(),
    y: numbers(),
    z: numbers(),
    reachRad: numbers(),
  };
}

/**
 * Of each base cell: its centre on the unit sphere, and how far it reaches. Every search begins with
 * these.
 */
const settled = new Float64Array(BASE_CELLS * 4);

/** Starts at a base cell. */
export function enterBaseCell(path: CellPath, baseCell: number): void {
  path.baseCell = baseCell;
  path.planeX[0] = homes[baseCell * 3]!;
  path.planeY[0] = homes[baseCell * 3 + 1]!;
  path.planeZ[0] = homes[baseCell * 3 + 2]!;
  path.x[0] = settled[baseCell * 4]!;
  path.y[0] = settled[baseCell * 4 + 1]!;
  path.z[0] = settled[baseCell * 4 + 2]!;
  path.reachRad[0] = settled[baseCell * 4 + 3]!;
}

function settleBaseCells(): void {
  const path = createCellPath();
  for (let baseCell = 0; baseCell < BASE_CELLS; baseCell++) {
    enterBaseCell(path, baseCell);
    settle(path, 0);
    settled.set([path.x[0]!, path.y[0]!, path.z[0]!, path.reachRad[0]!], baseCell * 4);
  }
}

/** Goes from the cell at a resolution down to its child. False if a pentagon has no such child. */
export function enterChild(path: CellPath, resolution: number, digit: number): boolean {
  const child = resolution + 1;
  path.digits[child] = digit;
  const face = homeFaces[path.baseCell]!;
  if (face === PENTAGON) {
    if (digit === K_AXIS && path.digits.subarray(1, child).every((above) => above === 0)) return false;
  } else {
    const at = ((face * 2 + (child & 1)) * DIGITS + digit) * 3;
    const step = stepsRad[child]!;
    path.planeX[child] = path.planeX[resolution]! + steps[at]! * step;
    path.planeY[child] = path.planeY[resolution]! + steps[at + 1]! * step;
    path.planeZ[child] = path.planeZ[resolution]! + steps[at + 2]! * step;
  }
  settle(path, child);
  return true;
}

const onPlane = new Float64Array(3);
settleBaseCells();

/** From the plane to the globe. */
function settle(path: CellPath, resolution: number): void {
  const face = homeFaces[path.baseCell]!;
  const reach = stepsRad[resolution]! * REACH_STEPS;
  let cosine = 1;
  if (face === PENTAGON) {
    const [lat, lon] = cellToLatLng(hexOf(path, resolution));
    [path.x[resolution], path.y[resolution], path.z[resolution]] = inSpace(lat, lon);
  } else {
    onPlane[0] = path.planeX[resolution]!;
    onPlane[1] = path.planeY[resolution]!;
    onPlane[2] = path.planeZ[resolution]!;
    unfold(face, onPlane);
    const x = onPlane[0];
    const y = onPlane[1];
    const z = onPlane[2];
    // The plane touches the globe at the centre of the face: the further out, the smaller is what it shows.
    cosine = 1 / Math.sqrt(x * x + y * y + z * z);
    path.x[resolution] = x * cosine;
    path.y[resolution] = y * cosine;
    path.z[resolution] = z * cosine;
  }
  const scale = Math.min(1, cosine + reach);
  path.reachRad[resolution] = reach * scale * (1 + SPARE_SHARE) + SPARE_RAD;
}

/** The cell as `h3-js` takes it: the lower half, then the upper one. */
function hexOf(path: CellPath, resolution: number): [low: number, high: number] {
  let bits = (0x8n << 56n) | (BigInt(resolution) << 52n) | (BigInt(path.baseCell) << 45n);
  for (let at = 1; at <= 15; at++) {
    bits |= BigInt(at <= resolution ? path.digits[at]! : 7) << BigInt(3 * (15 - at));
  }
  return [Number(bits & 0xffffffffn) | 0, Number(bits >> 32n) | 0];
}

function placeBaseCells(): void {
  const nearest = new Float64Array(BASE_CELLS).fill(Number.POSITIVE_INFINITY);
  for (const [face, [x, y, z, azimuthRad]] of FACES.entries()) {
    const [north, east] = northAndEast(x, y, z);
    const cells = BASE_CELLS_BY_FACE[face]!.split(' ').values();
    for (let i = -2; i <= 2; i++) {
      for (let j = Math.max(i, 0) - 2; j <= Math.min(i, 0) + 2; j++) {
        const [baseCell, turns] = cells.next().value!.split('/').map(Number) as [number, number];
        // Along i, and a quarter turn on: the j axis is 120° counter-clockwise of it.
        const [along, across] = [(i - j / 2) * stepsRad[0]!, j * Math.sqrt(3 / 4) * stepsRad[0]!];
        const distance = Math.hypot(along, across);
        if (turns !== 0 || PENTAGONS.has(baseCell) || distance >= nearest[baseCell]!) continue;
        nearest[baseCell] = distance;
        homeFaces[baseCell] = face;
        const [cos, sin] = [Math.cos(azimuthRad), Math.sin(azimuthRad)];
        for (const [axis, centre] of [x, y, z].entries()) {
          const alongI = cos * north[axis]! + sin * east[axis]!;
          const acrossI = sin * north[axis]! - cos * east[axis]!;
          homes[baseCell * 3 + axis] = centre + along * alongI + across * acrossI;
        }
      }
    }
  }
}
