import { distanceM, EARTH_RADIUS_M } from '../../positions/distance.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import { containsPoint, isLeap } from './contains.ts';
import { halfLengthRad, segmentDistanceM, segmentsMeet } from './segment.ts';

/** Between fixes that are further apart nobody knows where the vehicle was. */
export const MAX_CROSSING_M = 20_000;

/** A straight way from one point to another, which does not lead across the antimeridian. */
export interface Way {
  fromLat: number;
  fromLon: number;
  toLat: number;
  toLon: number;
}

/** The straight way the short way round: in two pieces if it leads across or along the antimeridian. */
export function waysBetween(fromLat: number, fromLon: number, toLat: number, toLon: number): Way[] {
  const turn = fromLon - toLon;
  const isAlong = Math.abs(fromLon) === 180 && Math.abs(toLon) === 180;
  if (isAlong) {
    return [180, -180].map((lon) => ({ fromLat, fromLon: lon, toLat, toLon: lon }));
  }
  if (Math.abs(turn) <= 180) return [{ fromLat, fromLon, toLat, toLon }];
  const side = Math.sign(turn) * 180;
  const share = (side - fromLon) / (2 * side - turn);
  const lat = Math.max(-90, Math.min(90, fromLat + share * (toLat - fromLat)));
  return [
    { fromLat, fromLon, toLat: lat, toLon: side },
    { fromLat: lat, fromLon: -side, toLat, toLon },
  ];
}

/**
 * Whether the straight way between two points leads through a shape, its boundary included, that holds
 * neither of them. By definition a way longer than `MAX_CROSSING_M` leads through nothing.
 */
export function leadsThrough(
  shape: GeofenceShape,
  fromLat: number,
  fromLon: number,
  toLat: number,
  toLon: number,
): boolean {
  if (distanceM(fromLat, fromLon, toLat, toLon) > MAX_CROSSING_M) return false;
  if (containsPoint(shape, fromLat, fromLon) || containsPoint(shape, toLat, toLon)) return false;
  return waysBetween(fromLat, fromLon, toLat, toLon).some((way) => wayMeets(shape, way));
}

function wayMeets(shape: GeofenceShape, way: Way): boolean {
  switch (shape.type) {
    case 'Circle':
      return wayMeetsCircle(way, shape.center[1], shape.center[0], shape.radiusM);
    case 'Corridor':
      return pairs(shape.line).some(
        ([a, b]) => !isLeap(a[0], b[0]) && wayMeetsBand(way, a[1], a[0], b[1], b[0], shape.widthM / 2),
      );
    case 'Polygon':
      return ringsMeet(shape.coordinates, way);
    case 'MultiPolygon':
      return shape.coordinates.some((rings) => ringsMeet(rings, way));
  }
}

const ringsMeet = (rings: readonly (readonly Coordinates[])[], way: Way): boolean =>
  rings.some((ring) => pairs(ring).some(([a, b]) => wayMeetsEdge(way, a[1], a[0], b[1], b[0])));

const pairs = (line: readonly Coordinates[]): [Coordinates, Coordinates][] =>
  line.slice(1).map((end, at) => [line[at]!, end]);

export function wayMeetsEdge(way: Way, aLat: number, aLon: number, bLat: number, bLon: number): boolean {
  return segmentsMeet(way.fromLat, way.fromLon, way.toLat, way.toLon, aLat, aLon, bLat, bLon);
}

/** Whether the way comes as near as `reachM` to a segment. */
export function wayMeetsBand(
  way: Way,
  aLat: number,
  aLon: number,
  bLat: number,
  bLon: number,
  reachM: number,
): boolean {
  const { fromLat, fromLon, toLat, toLon } = way;
  return (
    wayMeetsEdge(way, aLat, aLon, bLat, bLon) ||
    segmentDistanceM(fromLat, fromLon, aLat, aLon, bLat, bLon) <= reachM ||
    segmentDistanceM(toLat, toLon, aLat, aLon, bLat, bLon) <= reachM ||
    segmentDistanceM(aLat, aLon, fromLat, fromLon, toLat, toLon) <= reachM ||
    segmentDistanceM(bLat, bLon, fromLat, fromLon, toLat, toLon) <= reachM
  );
}

/** Each step leaves two thirds of the way: to the millimetre. */
const SEARCH_STEPS = 42;

/** Whether the way comes as near to a point as `radiusM`, which may be thousands of kilometres. */
export function wayMeetsCircle(way: Way, lat: number, lon: number, radiusM: number): boolean {
  const { fromLat, fromLon, toLat, toLon } = way;
  const distanceAtM = (share: number): number =>
    distanceM(lat, lon, fromLat + share * (toLat - fromLat), fromLon + share * (toLon - fromLon));
  const lengthM = halfLengthRad(fromLat, fromLon, toLat, toLon) * 2 * EARTH_RADIUS_M;
  const [atFromM, atToM] = [distanceAtM(0), distanceAtM(1)];
  if (atFromM <= radiusM || atToM <= radiusM) return true;
  if ((atFromM + atToM - lengthM) / 2 > radiusM) return false;
  let [low, high] = [0, 1];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const third = (high - low) / 3;
    if (distanceAtM(low + third) <= distanceAtM(high - third)) high -= third;
    else low += third;
  }
  return distanceAtM((low + high) / 2) <= radiusM;
}
