import { distanceM } from '../../positions/distance.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import { ringsHold } from './rings.ts';
import { segmentDistanceM } from './segment.ts';

/**
 * Whether a shape holds a point, its boundary included (that of a hole, too). Latitude and longitude
 * are finite and in range. The antimeridian counts for both sides, and a pole, which has no longitude,
 * is held by a polygon that has a vertex there. Elsewhere polygons are judged as turf judges them.
 */
export function containsPoint(shape: GeofenceShape, lat: number, lon: number): boolean {
  switch (shape.type) {
    case 'Circle':
      return distanceM(shape.center[1], shape.center[0], lat, lon) <= shape.radiusM;
    case 'Corridor':
      return lineDistanceM(shape.line, lat, lon) <= shape.widthM / 2;
    case 'Polygon':
      return polygonHolds(shape.coordinates, lat, lon);
    case 'MultiPolygon':
      return shape.coordinates.some((rings) => polygonHolds(rings, lat, lon));
  }
}

function polygonHolds(rings: readonly (readonly Coordinates[])[], lat: number, lon: number): boolean {
  if (Math.abs(lat) === 90) return rings.some((ring) => ring.some((vertex) => vertex[1] === lat));
  if (Math.abs(lon) === 180) return ringsHold(rings, lat, 180) || ringsHold(rings, lat, -180);
  return ringsHold(rings, lat, lon);
}

/** The distance to a line, metres. A step from one side of the antimeridian to the other is no part of it. */
export function lineDistanceM(line: readonly Coordinates[], lat: number, lon: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < line.length; at++) {
    const [aLon, aLat] = line[at - 1]!;
    const [bLon, bLat] = line[at]!;
    if (isLeap(aLon, bLon)) continue;
    least = Math.min(least, segmentDistanceM(lat, lon, aLat, aLon, bLat, bLon));
  }
  return least;
}

/** A line that leads across the antimeridian has both names of the point there, one after the other. */
export const isLeap = (aLon: number, bLon: number): boolean => Math.abs(aLon - bLon) === 360;
