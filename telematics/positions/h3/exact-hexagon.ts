import { FACES } from './tables.ts';

/*
 * From the globe to the hexagons of a face by the formulae of H3 core 4.5, src/h3lib/lib/faceijk.c
 * and include/coordijk.h (https://github.com/uber/h3, copyright Uber Technologies, Inc., Apache
 * License 2.0), ported to TypeScript: the same operations in the same order, so that not even the
 * last bit of a result is another. Names in backticks are those of the original.
 */

/** A hexagon of the grid that a face of the icosahedron carries, or a pentagon at its corner. */
export interface Hexagon {
  face: number;
  /** Steps along the i axis of the face, and along the j axis 120° counter-clockwise of it. */
  i: number;
  j: number;
}

/** `INV_RES0_U_GNOMONIC`: steps of resolution 0 in a unit of the gnomonic projection. */
export const STEPS_AT_RESOLUTION_0 = 2.618033988749896;
/** `M_SQRT7`: steps in one of the next coarser resolution. */
export const SQRT_7 = 2.6457513110645907;
/** `M_AP7_ROT_RADS`: odd resolutions have their axes turned by this, counter-clockwise. */
export const ODD_TURN_RAD = 0.3334731722518321;
/** `M_RSIN60` */
const RECIPROCAL_SIN_60 = 1.1547005383792515;
/** `EPSILON` */
const AT_THE_CENTRE_RAD = 1e-16;

const STRIDE = 10;
/** Of each face: its centre, the directions north and east from there, the azimuth of the i axis. */
const faces = Float64Array.from(
  FACES.flatMap(([x, y, z, azimuthRad]) => [x, y, z, ...northAndEast(x, y, z).flat(), azimuthRad]),
);

type Vector = [x: number, y: number, z: number];

/** The directions north and east from a point of the sphere other than a pole (`_vec3TangentBasis`). */
export function northAndEast(x: number, y: number, z: number): [north: Vector, east: Vector] {
  const [towardsX, towardsY, towardsZ] = [x * -z, y * -z, 1 + z * -z];
  const scale = 1 / Math.sqrt(towardsX * towardsX + towardsY * towardsY + towardsZ * towardsZ);
  const north: Vector = [towardsX * scale, towardsY * scale, towardsZ * scale];
  const [nx, ny, nz] = north;
  return [north, [ny * z - nz * y, nz * x - nx * z, nx * y - ny * x]];
}

/** Finds the hexagon that H3 core finds for a point of the unit sphere (`_vec3ToFaceIjk`). */
export function findExactly(x: number, y: number, z: number, resolution: number, found: Hexagon): void {
  let at = 0;
  let squaredDistance = 5;
  for (let other = 0; other < faces.length; other += STRIDE) {
    const dx = faces[other]! - x;
    const dy = faces[other + 1]! - y;
    const dz = faces[other + 2]! - z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared < squaredDistance) {
      at = other;
      squaredDistance = squared;
    }
  }
  found.face = at / STRIDE;
  const angleRad = Math.acos(1 - squaredDistance * 0.5);
  if (angleRad < AT_THE_CENTRE_RAD) return round(0, 0, found);
  let thetaRad = positive(faces[at + 9]! - positive(azimuthRad(at, x, y, z)));
  if (resolution % 2 === 1) thetaRad = positive(thetaRad - ODD_TURN_RAD);
  let distance = Math.tan(angleRad) * STEPS_AT_RESOLUTION_0;
  for (let finer = 0; finer < resolution; finer++) distance *= SQRT_7;
  round(distance * Math.cos(thetaRad), distance * Math.sin(thetaRad), found);
}

/** The direction from the centre of a face to a point, clockwise from north (`_vec3AzimuthRads`). */
function azimuthRad(at: number, x: number, y: number, z: number): number {
  const [cx, cy, cz] = [faces[at]!, faces[at + 1]!, faces[at + 2]!];
  const inward = -(x * cx + y * cy + z * cz);
  let [px, py, pz] = [x + cx * inward, y + cy * inward, z + cz * inward];
  const length = Math.sqrt(px * px + py * py + pz * pz);
  const scale = length > 0 ? 1 / length : 0;
  px *= scale;
  py *= scale;
  pz *= scale;
  const north = px * faces[at + 3]! + py * faces[at + 4]! + pz * faces[at + 5]!;
  const east = px * faces[at + 6]! + py * faces[at + 7]! + pz * faces[at + 8]!;
  return Math.atan2(east, north);
}

/** `_posAngleRads` */
function positive(rad: number): number {
  const turned = rad < 0 ? rad + 2 * Math.PI : rad;
  return rad >= 2 * Math.PI ? turned - 2 * Math.PI : turned;
}

/** The hexagon around a point of the plane: x along the i axis, y a quarter turn on (`_hex2dToCoordIJK`). */
function round(x: number, y: number, found: Hexagon): void {
  const alongJ = Math.abs(y) * RECIPROCAL_SIN_60;
  const alongI = Math.abs(x) + alongJ / 2;
  let i = Math.trunc(alongI);
  let j = Math.trunc(alongJ);
  const restI = alongI - i;
  const restJ = alongJ - j;
  if (restI < 1 / 3) {
    if (restJ >= (1 + restI) / 2) j += 1;
  } else if (restI < 1 / 2) {
    if (restJ >= 1 - restI) {
      j += 1;
      if (restJ < 2 * restI) i += 1;
    }
  } else if (restI < 2 / 3) {
    if (restJ >= 1 - restI) {
      i += 1;
      j += 1;
    } else if (restJ <= 2 * restI - 1) {
      i += 1;
    }
  } else {
    i += 1;
    if (restJ >= restI / 2) j += 1;
  }
  if (x < 0) i = j - i;
  if (y < 0) {
    i -= j;
    j = -j;
  }
  // Whole numbers without a negative zero.
  found.i = i | 0;
  found.j = j | 0;
}
