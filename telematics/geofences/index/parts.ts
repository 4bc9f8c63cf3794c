import { EARTH_RADIUS_M } from '../../positions/distance.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import type { Box } from './narrow.ts';
import {
  chunkOf,
  createVertexStore,
  giveVerticesBack,
  placeOf,
  takeVertices,
  type VertexStore,
} from './vertex-store.ts';

/*
 * What shapes consist of: a circle, a corridor, or one polygon with its holes. A part is a number; what is
 * known of it stands at that place of each list.
 */

export const POLYGON = 0;
export const CIRCLE = 1;
export const CORRIDOR = 2;
const FIRST_PARTS = 8;

export interface Parts {
  readonly vertices: VertexStore;
  /** The caller's key of the shape. */
  key: Float64Array;
  /** The first part of the same shape. */
  shape: Int32Array;
  kind: Uint8Array;
  firstVertex: Uint32Array;
  vertexCount: Uint32Array;
  /** Of a circle its radius, of a corridor half its width. */
  reachM: Float64Array;
  /** West, south, east, north: nothing of the part is beyond. */
  boxes: Float64Array;
  /** Vertices of each ring, of parts with more than one. */
  readonly rings: Map<number, readonly number[]>;
  used: number;
  readonly free: number[];
}

export const createParts = (): Parts => ({
  vertices: createVertexStore(),
  key: new Float64Array(FIRST_PARTS),
  shape: new Int32Array(FIRST_PARTS),
  kind: new Uint8Array(FIRST_PARTS),
  firstVertex: new Uint32Array(FIRST_PARTS),
  vertexCount: new Uint32Array(FIRST_PARTS),
  reachM: new Float64Array(FIRST_PARTS),
  boxes: new Float64Array(FIRST_PARTS * 4),
  rings: new Map(),
  used: 0,
  free: [],
});

/** The parts of one shape: there is one at least. */
export type PartNumbers = readonly [number, ...number[]];

/** Stores a shape; returns its parts. */
export function addParts(parts: Parts, key: number, shape: GeofenceShape): PartNumbers {
  switch (shape.type) {
    case 'Circle':
      return [addPart(parts, key, CIRCLE, [[shape.center]], shape.radiusM)];
    case 'Corridor':
      return [addPart(parts, key, CORRIDOR, [shape.line], shape.widthM / 2)];
    case 'Polygon':
      return [addPart(parts, key, POLYGON, shape.coordinates, 0)];
    case 'MultiPolygon': {
      const numbers = shape.coordinates.map((rings) => addPart(parts, key, POLYGON, rings, 0));
      for (const part of numbers) parts.shape[part] = numbers[0]!;
      return numbers as [number, ...number[]];
    }
  }
}

export function dropPart(parts: Parts, part: number): void {
  giveVerticesBack(parts.vertices, parts.firstVertex[part]!, parts.vertexCount[part]!);
  parts.rings.delete(part);
  parts.free.push(part);
}

function addPart(
  parts: Parts,
  key: number,
  kind: number,
  lines: readonly (readonly Coordinates[])[],
  reachM: number,
): number {
  const count = lines.reduce((sum, line) => sum + line.length, 0);
  const firstVertex = takeVertices(parts.vertices, count);
  const part = parts.free.pop() ?? parts.used++;
  if (part >= parts.kind.length) grow(parts);
  parts.key[part] = key;
  parts.shape[part] = part;
  parts.kind[part] = kind;
  parts.firstVertex[part] = firstVertex;
  parts.vertexCount[part] = count;
  parts.reachM[part] = reachM;
  if (lines.length > 1)
    parts.rings.set(
      part,
      lines.map((line) => line.length),
    );

  const xy = xyOf(parts, part);
  let place = placeOf(firstVertex);
  for (const line of lines) {
    for (const [lon, lat] of line) {
      xy[place++] = lon;
      xy[place++] = lat;
    }
  }
  parts.boxes.set(boxAround(lines, reachM), part * 4);
  return part;
}

type Sides = [west: number, south: number, east: number, north: number];
const SPARE_DEGREES = 1e-6;
const WORLD: Sides = [-180, -90, 180, 90];
/** Meridians are too close to one another beyond it. */
const BOXED_UP_TO_LAT = 85;
const DEGREES_PER_RADIAN = 180 / Math.PI;
/** For rounding, and for how distances to a segment are measured. */
const REACH_SHARE = 1.01;

function boxAround(lines: readonly (readonly Coordinates[])[], reachM: number): Sides {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const line of lines) {
    for (const [lon, lat] of line) {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  }
  if (reachM === 0) return [west, south, east, north];
  const reach = (reachM / EARTH_RADIUS_M) * REACH_SHARE * DEGREES_PER_RADIAN;
  south -= reach;
  north += reach;
  const furthest = Math.max(-south, north);
  if (furthest > BOXED_UP_TO_LAT) return WORLD;
  const lonReach = reach / Math.cos(furthest / DEGREES_PER_RADIAN);
  if (west - lonReach < -180 || east + lonReach > 180) return WORLD;
  return [west - lonReach, south, east + lonReach, north];
}

/** Nothing of a part is beyond, nor nearer to a side than rounding allows. */
export function boxOf({ boxes }: Parts, part: number): Box {
  const [west, south, east, north] = boxes.subarray(part * 4, part * 4 + 4) as unknown as Sides;
  return {
    west: west - SPARE_DEGREES,
    south: south - SPARE_DEGREES,
    east: east + SPARE_DEGREES,
    north: north + SPARE_DEGREES,
  };
}

/** The chunk in which all vertices of a part lie. */
export function xyOf(parts: Parts, part: number): Float64Array {
  return chunkOf(parts.vertices.chunks, parts.firstVertex[part]!);
}

/** How many vertices each ring of a polygon has. */
export const ringsOf = (parts: Parts, part: number): readonly number[] =>
  parts.rings.get(part) ?? [parts.vertexCount[part]!];

function grow(parts: Parts): void {
  const length = parts.kind.length + (parts.kind.length < 4_096 ? parts.kind.length : parts.kind.length >> 2);
  const lists = ['key', 'reachM'] as const;
  for (const list of lists) {
    const grown = new Float64Array(length);
    grown.set(parts[list]);
    parts[list] = grown;
  }
  const shape = new Int32Array(length);
  shape.set(parts.shape);
  parts.shape = shape;
  const kind = new Uint8Array(length);
  kind.set(parts.kind);
  parts.kind = kind;
  const boxes = new Float64Array(length * 4);
  boxes.set(parts.boxes);
  parts.boxes = boxes;
  for (const list of ['firstVertex', 'vertexCount'] as const) {
    const grown = new Uint32Array(length);
    grown.set(parts[list]);
    parts[list] = grown;
  }
}
