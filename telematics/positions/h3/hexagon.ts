import {
  findExactly,
  type Hexagon,
  northAndEast,
  ODD_TURN_RAD,
  SQRT_7,
  STEPS_AT_RESOLUTION_0,
} from './exact-hexagon.ts';
import { FACES } from './tables.ts';

/**
 * Nearer to a border between cells than this, as an angle at the centre of the globe (13 µm on the
 * ground), rounding decides, and so it has to be H3's own. Elsewhere the two ways agree: they were
 * never seen to differ by more than 6e-14.
 */
const IN_DOUBT_RAD = 2e-12;
/** Within 1e-3 rad of the centre of a face H3 loses digits to an arc cosine: its results are in doubt, too. */
const COSINE_AT_CENTRE = 1 - 5e-7;
/** A point less than 20.9° from the centre, as the middle of an edge is, is on no other face. */
const COSINE_WITHIN = 0.9343;

const STRIDE = 15;
/** Of each face: its centre and, for even resolutions and then for odd ones, two `axes`. */
const faces = Float64Array.from(
  FACES.flatMap(([x, y, z, azimuthRad]) => [
    x,
    y,
    z,
    ...axes(x, y, z, azimuthRad),
    ...axes(x, y, z, azimuthRad - ODD_TURN_RAD),
  ]),
);

/** What gives 2i - j and i + j when multiplied with a point, where i and j count steps on the face. */
function axes(x: number, y: number, z: number, azimuthRad: number): number[] {
  const [north, east] = northAndEast(x, y, z);
  const [cos, sin] = [Math.cos(azimuthRad), Math.sin(azimuthRad)];
  const alongI = north.map((component, axis) => cos * component + sin * east[axis]!);
  const across = north.map((component, axis) => sin * component - cos * east[axis]!);
  return [
    ...alongI.map((component) => 2 * component),
    ...alongI.map((component, axis) => component + Math.sqrt(3) * across[axis]!),
  ];
}

const stepsAt = Float64Array.from(
  { length: 16 },
  (_, resolution) => STEPS_AT_RESOLUTION_0 * SQRT_7 ** resolution,
);

/** Where the last point was: the next one is most likely on the same face. */
let lastAt = 0;

/** Finds the hexagon around a point, given in degrees. */
export function findHexagon(lat: number, lon: number, resolution: number, found: Hexagon): void {
  const latRad = (lat * Math.PI) / 180;
  const lonRad = (lon * Math.PI) / 180;
  const cosLat = Math.cos(latRad);
  const x = Math.cos(lonRad) * cosLat;
  const y = Math.sin(lonRad) * cosLat;
  const z = Math.sin(latRad);

  let at = lastAt;
  let cosine = faces[at]! * x + faces[at + 1]! * y + faces[at + 2]! * z;
  if (cosine < COSINE_WITHIN) {
    for (let other = 0; other < faces.length; other += STRIDE) {
      const otherCosine = faces[other]! * x + faces[other + 1]! * y + faces[other + 2]! * z;
      if (otherCosine > cosine) {
        at = other;
        cosine = otherCosine;
        if (cosine > COSINE_WITHIN) break;
      }
    }
    lastAt = at;
  }

  const scale = stepsAt[resolution]! / cosine;
  const axis = at + 3 + (resolution & 1) * 6;
  const a = (faces[axis]! * x + faces[axis + 1]! * y + faces[axis + 2]! * z) * scale;
  const b = (faces[axis + 3]! * x + faces[axis + 4]! * y + faces[axis + 5]! * z) * scale;
  const c = b - a;
  // Every border between hexagons is where a, b or c is whole, and two units are one step.
  const wholeA = Math.floor(a);
  const wholeB = Math.floor(b);
  const wholeC = Math.floor(c);
  const sure = 0.5 - 2 * IN_DOUBT_RAD * scale;
  if (
    cosine < COSINE_AT_CENTRE &&
    Math.abs(a - wholeA - 0.5) < sure &&
    Math.abs(b - wholeB - 0.5) < sure &&
    Math.abs(c - wholeC - 0.5) < sure
  ) {
    found.face = at / STRIDE;
    found.i = Math.floor((wholeA + wholeB + 2) / 3) | 0;
    found.j = Math.floor((wholeB + wholeC + 2) / 3) | 0;
  } else {
    findExactly(x, y, z, resolution, found);
  }
}
