import { FACES } from '../../positions/h3/tables.ts';

/*
 * The grid of H3 lies on the faces of an icosahedron and runs on, unbent, across their edges. A point that was
 * reached in the plane of one face, but lies beyond an edge, is turned about that edge into the next face.
 */

type Vector = readonly [x: number, y: number, z: number];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const unit = ([x, y, z]: Vector): Vector => {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};
/** The part of a direction that lies in the plane of a face, as a unit. */
const withinFace = (direction: Vector, centre: Vector): Vector => {
  const above = dot(direction, centre);
  return unit([
    direction[0] - above * centre[0],
    direction[1] - above * centre[1],
    direction[2] - above * centre[2],
  ]);
};

/** From the centre of a face to each edge, where the plane touches the globe of radius 1 at the centre. */
const TO_EDGE = Math.tan(Math.acos(Math.sqrt(5) / 3) / 2);

const EDGES = 3;
const neighbourFaces = new Int8Array(FACES.length * EDGES);
const STRIDE = 12;
/**
 * Of each edge of each face: outward in this face, the centre of the next face, onward in the next,
 * along the edge.
 */
const edges = new Float64Array(FACES.length * EDGES * STRIDE);
for (const [face, [...row]] of FACES.entries()) {
  const centre: Vector = [row[0], row[1], row[2]];
  const neighbours = FACES.map(([x, y, z]): Vector => [x, y, z])
    .filter((_, other) => other !== face)
    .sort((a, b) => dot(b, centre) - dot(a, centre))
    .slice(0, EDGES);
  for (const [edge, neighbour] of neighbours.entries()) {
    neighbourFaces[face * EDGES + edge] = FACES.findIndex(
      ([x, y]) => x === neighbour[0] && y === neighbour[1],
    );
    const outward = withinFace(neighbour, centre);
    const [backX, backY, backZ] = withinFace(centre, neighbour);
    const along: Vector = [
      centre[1] * outward[2] - centre[2] * outward[1],
      centre[2] * outward[0] - centre[0] * outward[2],
      centre[0] * outward[1] - centre[1] * outward[0],
    ];
    edges.set([...outward, ...neighbour, -backX, -backY, -backZ, ...along], (face * EDGES + edge) * STRIDE);
  }
}

/** Turns a point in the plane of a face, if it is beyond an edge, into the plane of the next one. */
export function unfold(face: number, point: Float64Array): void {
  const [x, y, z] = [point[0]!, point[1]!, point[2]!];
  for (let at = face * EDGES * STRIDE; at < (face + 1) * EDGES * STRIDE; at += STRIDE) {
    const outward = x * edges[at]! + y * edges[at + 1]! + z * edges[at + 2]!;
    if (outward <= TO_EDGE) continue;
    const along = x * edges[at + 9]! + y * edges[at + 10]! + z * edges[at + 11]!;
    const onward = outward - 2 * TO_EDGE;
    for (let axis = 0; axis < 3; axis++) {
      point[axis] = edges[at + 3 + axis]! + onward * edges[at + 6 + axis]! + along * edges[at + 9 + axis]!;
    }
    return;
  }
}

const centres = Float64Array.from(FACES.flatMap(([x, y, z]) => [x, y, z]));

/** The face on which a point of the unit sphere lies. */
export function faceOf(x: number, y: number, z: number): number {
  let nearest = 0;
  let cosine = -1;
  for (let at = 0; at < centres.length; at += 3) {
    const other = centres[at]! * x + centres[at + 1]! * y + centres[at + 2]! * z;
    if (other > cosine) {
      cosine = other;
      nearest = at / 3;
    }
  }
  return nearest;
}

/**
 * Writes where a point of the unit sphere lies in the plane of a face: of its own, given as `on`, or of
 * one beside that, over whose edge the plane runs on. False if it is further away.
 */
export function placeOnFace(
  face: number,
  on: number,
  x: number,
  y: number,
  z: number,
  plane: Float64Array,
): boolean {
  const [onX, onY, onZ] = FACES[on]!;
  const scale = 1 / (onX * x + onY * y + onZ * z);
  plane[0] = x * scale;
  plane[1] = y * scale;
  plane[2] = z * scale;
  if (face === on) return true;
  for (let edge = face * EDGES; edge < (face + 1) * EDGES; edge++) {
    if (neighbourFaces[edge] !== on) continue;
    const at = edge * STRIDE;
    const onward = (x * edges[at + 6]! + y * edges[at + 7]! + z * edges[at + 8]!) * scale;
    const along = (x * edges[at + 9]! + y * edges[at + 10]! + z * edges[at + 11]!) * scale;
    for (let axis = 0; axis < 3; axis++) {
      plane[axis] =
        FACES[face]![axis]! + (onward + 2 * TO_EDGE) * edges[at + axis]! + along * edges[at + 9 + axis]!;
    }
    return true;
  }
  return false;
}
