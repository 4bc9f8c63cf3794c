import { orient2d } from 'robust-predicates';
import type { Coordinates } from './geofence.ts';
import { shapeOutOfRange } from './shape-errors.ts';

/** Mean radius of the Earth, metres (IUGG), as in positions/distance.ts. */
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Points without the one that closes the ring, without repetitions in a row, without negative zeros. */
export function openRing(points: readonly Coordinates[]): Coordinates[] {
  const open = distinctInRow(points);
  const first = open[0];
  while (open.length > 1 && first !== undefined && samePlace(first, open.at(-1) as Coordinates)) open.pop();
  return open;
}

/** Points without repetitions in a row. */
export function distinctInRow(points: readonly Coordinates[]): Coordinates[] {
  const kept: Coordinates[] = [];
  for (const [lon, lat] of points) {
    const last = kept.at(-1);
    if (last === undefined || last[0] !== lon || last[1] !== lat) kept.push([lon + 0, lat + 0]);
  }
  return kept;
}

/** Throws `shape_out_of_range` for what is no number, and beyond ±360 and ±90 degrees. */
export function requirePlaces(points: readonly Coordinates[]): void {
  for (const [lon, lat] of points) {
    if (!(Math.abs(lon) <= 360 && Math.abs(lat) <= 90)) {
      throw shapeOutOfRange(`[${lon}, ${lat}] is no longitude and latitude.`);
    }
  }
}

export const samePlace = (a: Coordinates, b: Coordinates) => a[0] === b[0] && a[1] === b[1];

/**
 * The area that a closed ring encloses on the sphere, square metres, with edges straight in longitude
 * and latitude; positive when it runs counter-clockwise. The integral of the sine of the latitude
 * over the longitude, taken from the first point's latitude, so that little is lost for small rings.
 */
export function signedAreaM2(ring: readonly Coordinates[]): number {
  const base = Math.sin((ring[0]?.[1] ?? 0) * RADIANS_PER_DEGREE);
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    const [fromLon, fromLat] = ring[i - 1] as Coordinates;
    const [toLon, toLat] = ring[i] as Coordinates;
    const middle = ((fromLat + toLat) / 2) * RADIANS_PER_DEGREE;
    const half = ((toLat - fromLat) / 2) * RADIANS_PER_DEGREE;
    const meanSine = Math.sin(middle) * (half === 0 ? 1 : Math.sin(half) / half);
    sum -= (toLon - fromLon) * RADIANS_PER_DEGREE * (meanSine - base);
  }
  return sum * EARTH_RADIUS_M * EARTH_RADIUS_M;
}

/** Turned so that a closed ring runs counter-clockwise, or clockwise for a hole (RFC 7946, 3.1.6). */
export function woundAs(ring: Coordinates[], role: 'outline' | 'hole'): Coordinates[] {
  return signedAreaM2(ring) > 0 === (role === 'outline') ? ring : ring.toReversed();
}

/** 1 inside of a closed ring, by the even-odd rule; 0 on its boundary, exactly; -1 outside. */
export function locate(ring: readonly Coordinates[], lon: number, lat: number): -1 | 0 | 1 {
  let inside = false;
  for (let i = 1; i < ring.length; i++) {
    const [fromLon, fromLat] = ring[i - 1] as Coordinates;
    const [toLon, toLat] = ring[i] as Coordinates;
    if (fromLat > lat && toLat > lat) continue;
    if (fromLat < lat && toLat < lat) continue;
    if (fromLat === lat && toLat === lat) {
      if (Math.min(fromLon, toLon) <= lon && lon <= Math.max(fromLon, toLon)) return 0;
      continue;
    }
    const turn = orient2d(fromLon, fromLat, toLon, toLat, lon, lat);
    if (turn === 0) return 0;
    // Half-open in latitude, so that a vertex counts for one of its two edges.
    if (fromLat > lat !== toLat > lat && turn < 0 === toLat > fromLat) inside = !inside;
  }
  return inside ? 1 : -1;
}

/**
 * Whether a closed ring lies inside of another one, which it neither crosses nor runs along: 1 or -1;
 * 0 only if they touch at every point tried.
 */
export function locateRing(inner: readonly Coordinates[], outer: readonly Coordinates[]): -1 | 0 | 1 {
  // The middle of an edge first: rings that touch do so at vertices, as a rule.
  for (let i = 1; i < inner.length; i++) {
    const [fromLon, fromLat] = inner[i - 1] as Coordinates;
    const [toLon, toLat] = inner[i] as Coordinates;
    const where = locate(outer, (fromLon + toLon) / 2, (fromLat + toLat) / 2);
    if (where !== 0) return where;
  }
  for (const [lon, lat] of inner) {
    const where = locate(outer, lon, lat);
    if (where !== 0) return where;
  }
  return 0;
}
