import { cutAtAntimeridian, type GeofenceShapeInput } from './antimeridian.ts';
import { type Coordinates, type GeofenceShape, MAX_RADIUS_M, MAX_VERTICES, MAX_WIDTH_M } from './geofence.ts';
import { findCrossing } from './ring-crossing.ts';
import { locateRing, signedAreaM2, woundAs } from './rings.ts';
import {
  placeText,
  shapeDegenerate,
  shapeOutOfRange,
  shapeSelfCrossing,
  shapeTooManyVertices,
  shapeZeroArea,
} from './shape-errors.ts';

/** A ring around less is a slip of the hand, and smaller than any fix is accurate. */
const MIN_AREA_M2 = 1;

/**
 * The shape as it is stored: cut at the antimeridian (antimeridian.ts), rings closed, points that repeat
 * the one before left out, outlines counter-clockwise and holes clockwise (RFC 7946, 3.1.6). Checking
 * what came out again gives the same. Rings may touch themselves or each other in single points.
 * Throws a CodedError of status 422 that names the place: `shape_self_crossing`, `shape_too_many_vertices`,
 * `shape_zero_area`, `shape_degenerate`, `shape_out_of_range`.
 */
export function checkShape(shape: GeofenceShapeInput): GeofenceShape {
  // Before anything else that takes time; what only repeats itself may still be left out below.
  requireFewVertices(shape, 2 * MAX_VERTICES);
  const cut = cutAtAntimeridian(shape);
  requireFewVertices(cut, MAX_VERTICES);
  switch (cut.type) {
    case 'Circle':
      requireWithin('radius', cut.radiusM, MAX_RADIUS_M);
      return cut;
    case 'Corridor':
      requireWithin('width', cut.widthM, MAX_WIDTH_M);
      if (cut.line.length < 2) throw shapeDegenerate('The line of a corridor needs two different points.');
      return cut;
    case 'Polygon': {
      const [part] = checkedParts([cut.coordinates]);
      return { type: 'Polygon', coordinates: part as Coordinates[][] };
    }
    case 'MultiPolygon': {
      // A sliver that the cut left beyond the antimeridian is no part that anybody drew.
      const isCut = shape.type !== 'MultiPolygon' || cut.coordinates.length !== shape.coordinates.length;
      return { type: 'MultiPolygon', coordinates: checkedParts(cut.coordinates, isCut) };
    }
  }
}

function requireFewVertices(shape: GeofenceShapeInput, max: number): void {
  const count = vertexCount(shape);
  if (count > max) throw shapeTooManyVertices(count);
}

/** Positions over all rings, the closing ones included, or of a corridor's line; 1 for a circle. */
export function vertexCount(shape: GeofenceShapeInput): number {
  switch (shape.type) {
    case 'Circle':
      return 1;
    case 'Corridor':
      return shape.line.length;
    case 'Polygon':
      return shape.coordinates.reduce((sum, ring) => sum + ring.length, 0);
    case 'MultiPolygon':
      return shape.coordinates.flat().reduce((sum, ring) => sum + ring.length, 0);
  }
}

function requireWithin(what: string, metres: number, max: number): void {
  if (!(metres > 0 && metres <= max)) {
    throw shapeOutOfRange(`The ${what} is ${metres} m; it has to be over 0 and at most ${max} m.`);
  }
}

function checkedParts(cut: Coordinates[][][], mayDropSlivers = false): Coordinates[][][] {
  const rings = cut.flat();
  refuseCrossings(rings);
  const isSliver = (part: Coordinates[][]) => Math.abs(signedAreaM2(part[0] as Coordinates[])) < MIN_AREA_M2;
  const parts = mayDropSlivers && !cut.every(isSliver) ? cut.filter((part) => !isSliver(part)) : cut;
  for (const ring of parts.flat()) {
    if (Math.abs(signedAreaM2(ring)) < MIN_AREA_M2) throw zeroArea(ring);
  }
  for (const part of parts) refuseMisplacedHoles(part);
  refuseOverlaps(parts);
  return parts.map((part) => part.map((ring, i) => woundAs(ring, i === 0 ? 'outline' : 'hole')));
}

const zeroArea = (ring: readonly Coordinates[]) => shapeZeroArea(...(ring[0] as Coordinates));

function refuseCrossings(rings: readonly Coordinates[][]): void {
  const crossing = findCrossing(rings);
  if (crossing === null) return;
  const [one, other] = crossing.rings;
  const ring = rings[one] as Coordinates[];
  const place = placeText(crossing.lon, crossing.lat);
  if (one !== other) {
    const how = crossing.kind === 'overlap' ? 'share an edge' : 'cross';
    throw shapeSelfCrossing(`Two rings of the shape ${how} at ${place}.`);
  }
  if (crossing.kind === 'crossing') throw shapeSelfCrossing(`The outline crosses itself at ${place}.`);
  // Points on one line lead there and back.
  if (Math.abs(signedAreaM2(ring)) < MIN_AREA_M2) throw zeroArea(ring);
  throw shapeSelfCrossing(`The outline runs along itself at ${place}.`);
}

/** Of rings that do not cross: each hole lies within the outline and in no other hole. */
function refuseMisplacedHoles([outline, ...holes]: Coordinates[][]): void {
  const boxes = holes.map(boxOf);
  for (const [i, hole] of holes.entries()) {
    const [lon, lat] = hole[0] as Coordinates;
    if (locateRing(hole, outline as Coordinates[]) <= 0) {
      throw shapeSelfCrossing(`The hole at ${placeText(lon, lat)} lies outside of its outline.`);
    }
    for (const [j, other] of holes.entries()) {
      if (i !== j && isWithin(boxes[i] as Box, boxes[j] as Box) && locateRing(hole, other) >= 0) {
        throw shapeSelfCrossing(`The hole at ${placeText(lon, lat)} lies in another hole.`);
      }
    }
  }
}

/** Of parts whose rings do not cross: none lies in another one, unless in a hole of it. */
function refuseOverlaps(parts: readonly Coordinates[][][]): void {
  const boxes = parts.map(([outline]) => boxOf(outline as Coordinates[]));
  for (const [i, [inner]] of parts.entries()) {
    const outline = inner as Coordinates[];
    for (const [j, part] of parts.entries()) {
      if (i === j || !isWithin(boxes[i] as Box, boxes[j] as Box)) continue;
      const [outer, ...holes] = part;
      if (locateRing(outline, outer as Coordinates[]) < 0) continue;
      if (holes.some((hole) => locateRing(outline, hole) >= 0)) continue;
      const [lon, lat] = outline[0] as Coordinates;
      throw shapeSelfCrossing(`The part at ${placeText(lon, lat)} lies in another part.`);
    }
  }
}

/** West, south, east, north. */
type Box = readonly [number, number, number, number];

function boxOf(ring: readonly Coordinates[]): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of ring) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}

const isWithin = (inner: Box, outer: Box) =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
