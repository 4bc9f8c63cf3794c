import { orient2d } from 'robust-predicates';
import { distanceM, EARTH_RADIUS_M } from '../../positions/distance.ts';

/*
 * Segments are straight in the plane of longitude and latitude, as edges of polygons are, and do not
 * lead across the antimeridian.
 */

const RADIANS_PER_DEGREE = Math.PI / 180;
/** Nearer to a pole than this a plane at the point is no longer like the globe. */
export const POLAR_LAT = 85;
/** A piece of a parallel as long as this is straight enough at the poles. */
const POLAR_STEP_DEGREES = 1;

/**
 * The distance from a point to a segment, metres. It is the great-circle distance to a point of the
 * segment, so never too short; within 100 km it is too long by 0.1 % at most.
 */
export function segmentDistanceM(
  lat: number,
  lon: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
): number {
  const near = sameSideDistanceM(lat, lon, aLat, aLon, bLat, bLon);
  const toAntimeridian = Math.min(180 - Math.abs(lon), 90) * RADIANS_PER_DEGREE;
  // The sine of an angle up to 90° is at least 2/π of the angle: nothing beyond can be nearer than that.
  const least = (2 / Math.PI) * toAntimeridian * Math.cos(lat * RADIANS_PER_DEGREE) * EARTH_RADIUS_M;
  if (near <= least) return near;
  return Math.min(near, sameSideDistanceM(lat, lon > 0 ? lon - 360 : lon + 360, aLat, aLon, bLat, bLon));
}

function sameSideDistanceM(
  lat: number,
  lon: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
): number {
  if (Math.abs(lat) > POLAR_LAT) return polarDistanceM(lat, lon, aLat, aLon, bLat, bLon);
  const first = nearestShare(lat, lon, aLat, aLon, bLat, bLon, Math.cos(lat * RADIANS_PER_DEGREE));
  const between = (lat + aLat + first * (bLat - aLat)) / 2;
  const share = nearestShare(lat, lon, aLat, aLon, bLat, bLon, Math.cos(between * RADIANS_PER_DEGREE));
  return distanceM(lat, lon, aLat + share * (bLat - aLat), aLon + share * (bLon - aLon));
}

/** How far along the segment, from 0 to 1, it is nearest to the point in a plane of the given scale. */
function nearestShare(
  lat: number,
  lon: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
  lonScale: number,
): number {
  const alongX = (bLon - aLon) * lonScale;
  const alongY = bLat - aLat;
  const squared = alongX * alongX + alongY * alongY;
  if (squared === 0) return 0;
  const share = ((lon - aLon) * lonScale * alongX + (lat - aLat) * alongY) / squared;
  return Math.max(0, Math.min(1, share));
}

/** By pieces, each of which is nearly straight in space. */
function polarDistanceM(
  lat: number,
  lon: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
): number {
  const span = Math.max(Math.abs(bLon - aLon), Math.abs(bLat - aLat));
  const pieces = Math.max(1, Math.ceil(span / POLAR_STEP_DEGREES));
  const [px, py, pz] = inSpace(lat, lon);
  let [fromX, fromY, fromZ] = inSpace(aLat, aLon);
  let least = Number.POSITIVE_INFINITY;
  for (let piece = 0; piece < pieces; piece++) {
    const end = (piece + 1) / pieces;
    const [toX, toY, toZ] = inSpace(aLat + end * (bLat - aLat), aLon + end * (bLon - aLon));
    const [dx, dy, dz] = [toX - fromX, toY - fromY, toZ - fromZ];
    const squared = dx * dx + dy * dy + dz * dz;
    const along = (px - fromX) * dx + (py - fromY) * dy + (pz - fromZ) * dz;
    const share = (piece + (squared === 0 ? 0 : Math.max(0, Math.min(1, along / squared)))) / pieces;
    least = Math.min(least, distanceM(lat, lon, aLat + share * (bLat - aLat), aLon + share * (bLon - aLon)));
    [fromX, fromY, fromZ] = [toX, toY, toZ];
  }
  return least;
}

/** A point of the unit sphere. */
export function inSpace(lat: number, lon: number): [x: number, y: number, z: number] {
  const cosLat = Math.cos(lat * RADIANS_PER_DEGREE);
  const lonRad = lon * RADIANS_PER_DEGREE;
  return [cosLat * Math.cos(lonRad), cosLat * Math.sin(lonRad), Math.sin(lat * RADIANS_PER_DEGREE)];
}

/**
 * Half the length of a segment as an angle, or more: no point of it is further from its middle.
 * The way over the globe is nowhere wider than at its latitude nearest to the equator.
 */
export function halfLengthRad(aLat: number, aLon: number, bLat: number, bLon: number): number {
  const nearest = aLat < 0 === bLat < 0 ? Math.min(Math.abs(aLat), Math.abs(bLat)) : 0;
  const dLat = bLat - aLat;
  const dLon = (bLon - aLon) * Math.cos(nearest * RADIANS_PER_DEGREE);
  return (Math.sqrt(dLat * dLat + dLon * dLon) / 2) * RADIANS_PER_DEGREE;
}

/** Whether two segments have a point in common, their ends included. Exact. */
export function segmentsMeet(
  pLat: number,
  pLon: number,
  qLat: number,
  qLon: number,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
): boolean {
  if (Math.max(aLon, bLon) < Math.min(pLon, qLon) || Math.min(aLon, bLon) > Math.max(pLon, qLon))
    return false;
  if (Math.max(aLat, bLat) < Math.min(pLat, qLat) || Math.min(aLat, bLat) > Math.max(pLat, qLat))
    return false;
  // With overlapping boxes, segments of one line meet, and others if neither lies to one side of the other.
  const p = orient2d(aLon, aLat, bLon, bLat, pLon, pLat);
  const q = orient2d(aLon, aLat, bLon, bLat, qLon, qLat);
  if ((p > 0 && q > 0) || (p < 0 && q < 0)) return false;
  const a = orient2d(pLon, pLat, qLon, qLat, aLon, aLat);
  const b = orient2d(pLon, pLat, qLon, qLat, bLon, bLat);
  return !((a > 0 && b > 0) || (a < 0 && b < 0));
}
