import type { GeofenceShape, LonLat } from '../api/geofence-types.ts';
import { metresBetween } from '../map/geofence-features.ts';
import { unwrapGeometry, unwrapLine } from '../map/unwrap.ts';
import { wrapLon } from '../map/viewport.ts';

/**
 * A shape while it is drawn: rings are open (their first point is not repeated at their end) and may yet
 * have too few points; longitudes may be beyond ±180 where it crosses the antimeridian.
 */
export type Sketch =
  | { type: 'Circle'; center: LonLat | null; radiusM: number }
  /** Parts, each of an outer ring and holes. */
  | { type: 'Polygon'; parts: readonly (readonly Ring[])[] }
  | { type: 'Corridor'; line: Ring; widthM: number };

export type Ring = readonly LonLat[];

/** Where in a sketch a point is; a corridor's line is part 0, ring 0. */
export interface PointAddress {
  part: number;
  ring: number;
  index: number;
}

export const DEFAULT_RADIUS_M = 300;
export const DEFAULT_WIDTH_M = 100;
const LEAST_RADIUS_M = 1;

export function emptySketch(type: Sketch['type']): Sketch {
  switch (type) {
    case 'Circle':
      return { type, center: null, radiusM: DEFAULT_RADIUS_M };
    case 'Polygon':
      return { type, parts: [[[]]] };
    case 'Corridor':
      return { type, line: [], widthM: DEFAULT_WIDTH_M };
  }
}

/** A stored shape to go on with. */
export function sketchOf(shape: GeofenceShape): Sketch {
  switch (shape.type) {
    case 'Circle':
      return { type: 'Circle', center: shape.center, radiusM: shape.radiusM };
    case 'Corridor':
      return { type: 'Corridor', line: unwrapLine(shape.line) as LonLat[], widthM: shape.widthM };
    default: {
      const { type, coordinates } = unwrapGeometry(shape);
      const parts = type === 'Polygon' ? [coordinates] : coordinates;
      return { type: 'Polygon', parts: parts.map((rings) => rings.map((ring) => ring.slice(0, -1))) };
    }
  }
}

/** The shape as the API takes it; null while points are missing. */
export function shapeOf(sketch: Sketch): GeofenceShape | null {
  switch (sketch.type) {
    case 'Circle':
      return sketch.center && sketch.radiusM >= LEAST_RADIUS_M
        ? { type: 'Circle', center: wrapped(sketch.center), radiusM: sketch.radiusM }
        : null;
    case 'Corridor':
      return sketch.line.length >= 2 && sketch.widthM > 0
        ? { type: 'Corridor', line: sketch.line.map(wrapped), widthM: sketch.widthM }
        : null;
    case 'Polygon': {
      const parts = sketch.parts
        .map((rings) => rings.filter((ring) => ring.length > 0))
        .filter((rings) => rings.length > 0);
      if (parts.length === 0 || parts.flat().some((ring) => ring.length < 3)) return null;
      const closed = parts.map((rings) => rings.map((ring) => [...ring, ring[0]!].map(wrapped)));
      return closed.length === 1
        ? { type: 'Polygon', coordinates: closed[0]! }
        : { type: 'MultiPolygon', coordinates: closed };
    }
  }
}

/** Seven decimals are a centimetre, and what a click gives has sixteen. */
const wrapped = ([lon, lat]: LonLat): LonLat => [rounded(wrapLon(lon)), rounded(lat)];
const rounded = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

const linesOf = (sketch: Sketch): readonly (readonly Ring[])[] =>
  sketch.type === 'Polygon' ? sketch.parts : sketch.type === 'Corridor' ? [[sketch.line]] : [];

export function ringAt(sketch: Sketch, { part, ring }: Omit<PointAddress, 'index'>): Ring {
  return linesOf(sketch)[part]?.[ring] ?? [];
}

function withRing(sketch: Sketch, { part, ring }: Omit<PointAddress, 'index'>, points: Ring): Sketch {
  if (sketch.type === 'Corridor') return { ...sketch, line: points };
  if (sketch.type === 'Circle') return sketch;
  return {
    ...sketch,
    parts: sketch.parts.map((rings, at) =>
      at === part ? rings.map((each, index) => (index === ring ? points : each)) : rings,
    ),
  };
}

/** The sketch with a point before the one that was at `address.index`, or at the end. */
export const withPoint = (sketch: Sketch, address: PointAddress, point: LonLat): Sketch =>
  withRing(sketch, address, ringAt(sketch, address).toSpliced(address.index, 0, point));

export const withPointMoved = (sketch: Sketch, address: PointAddress, point: LonLat): Sketch =>
  withRing(sketch, address, ringAt(sketch, address).with(address.index, point));

/** With the last point of a ring taken back, however few are left. */
export const withoutLastPoint = (sketch: Sketch, ring: Omit<PointAddress, 'index'>): Sketch =>
  withRing(sketch, ring, ringAt(sketch, ring).slice(0, -1));

/** Without a point; a hole that has too few left goes as a whole. */
export function withoutPoint(sketch: Sketch, address: PointAddress): Sketch {
  const left = ringAt(sketch, address).toSpliced(address.index, 1);
  const isHole = sketch.type === 'Polygon' && address.ring > 0;
  return isHole && left.length < 3 ? withoutRing(sketch, address) : withRing(sketch, address, left);
}

/** Begins a hole in a part. */
export function withHole(sketch: Sketch, part: number): { sketch: Sketch; ring: number } {
  if (sketch.type !== 'Polygon') return { sketch, ring: 0 };
  const ring = sketch.parts[part]?.length ?? 0;
  return {
    sketch: {
      ...sketch,
      parts: sketch.parts.map((rings, at): readonly Ring[] => (at === part ? [...rings, []] : rings)),
    },
    ring,
  };
}

/** Without a ring; with its outer ring a part goes as a whole. */
export function withoutRing(sketch: Sketch, { part, ring }: Omit<PointAddress, 'index'>): Sketch {
  if (sketch.type !== 'Polygon') return sketch;
  const parts =
    ring === 0
      ? sketch.parts.toSpliced(part, 1)
      : sketch.parts.map((rings, at) => (at === part ? rings.toSpliced(ring, 1) : rings));
  return { ...sketch, parts: parts.length === 0 ? [[[]]] : parts };
}

/** A circle whose rim leads through a point; other sketches stay as they are. */
export function withRimAt(sketch: Sketch, point: LonLat): Sketch {
  if (sketch.type !== 'Circle' || !sketch.center) return sketch;
  return { ...sketch, radiusM: Math.max(LEAST_RADIUS_M, Math.round(metresBetween(sketch.center, point))) };
}

export const pointCount = (sketch: Sketch): number =>
  sketch.type === 'Circle'
    ? sketch.center
      ? 1
      : 0
    : linesOf(sketch)
        .flat()
        .reduce((sum, ring) => sum + ring.length, 0);

export interface Handle extends PointAddress {
  /** A point of the shape; the middle between two, which becomes one when it is moved; or of a circle. */
  kind: 'point' | 'middle' | 'centre' | 'rim';
  at: LonLat;
}

/** More handles than this are neither drawn nor hit. */
export const MAX_HANDLES = 400;

/** What of a sketch can be moved within a box; null if that is too much to take hold of. */
export function handlesOf(
  sketch: Sketch,
  [west, south, east, north]: readonly [number, number, number, number],
): Handle[] | null {
  if (sketch.type === 'Circle') {
    if (!sketch.center) return [];
    const [lon, lat] = sketch.center;
    const eastward = sketch.radiusM / (111_195 * Math.max(0.01, Math.cos((lat * Math.PI) / 180)));
    const address = { part: 0, ring: 0, index: 0 };
    return [
      { ...address, kind: 'centre', at: sketch.center },
      { ...address, kind: 'rim', at: [lon + eastward, lat] },
    ];
  }
  const isSeen = ([lon, lat]: LonLat) => lon >= west && lon <= east && lat >= south && lat <= north;
  const handles: Handle[] = [];
  for (const [part, rings] of linesOf(sketch).entries()) {
    for (const [ring, points] of rings.entries()) {
      for (const [index, at] of points.entries()) {
        if (isSeen(at)) handles.push({ part, ring, index, kind: 'point', at });
        const next =
          points[index + 1] ?? (sketch.type === 'Polygon' && points.length > 2 ? points[0] : undefined);
        if (!next) continue;
        const middle: LonLat = [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2];
        if (isSeen(middle)) handles.push({ part, ring, index: index + 1, kind: 'middle', at: middle });
        if (handles.length > MAX_HANDLES * 2) return null;
      }
    }
  }
  const points = handles.filter(({ kind }) => kind === 'point');
  if (points.length > MAX_HANDLES) return null;
  // Among so many points the middles would only be in the way.
  return handles.length > MAX_HANDLES ? points : handles;
}

/** The sketch after a handle was moved, and the handle that the pointer holds from then on. */
export function dragged(sketch: Sketch, handle: Handle, to: LonLat): { sketch: Sketch; handle: Handle } {
  switch (handle.kind) {
    case 'centre':
      return { sketch: sketch.type === 'Circle' ? { ...sketch, center: to } : sketch, handle };
    case 'rim':
      return { sketch: withRimAt(sketch, to), handle };
    case 'middle':
      return { sketch: withPoint(sketch, handle, to), handle: { ...handle, kind: 'point', at: to } };
    case 'point':
      return { sketch: withPointMoved(sketch, handle, to), handle: { ...handle, at: to } };
  }
}
