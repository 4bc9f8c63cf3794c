import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { distanceM, METRES_PER_DEGREE, type Place, wrapLongitude } from '../geo.ts';
import { parseGeoJsonRoute } from './geojson.ts';
import { parseGpxRoute } from './gpx.ts';

/** A point of a route that a user gave. */
export interface RoutePoint extends Place {
  altitudeM?: number | undefined;
}

/** A recorded track wobbles; what moves the line less than this is noise, not road. */
const SIMPLIFY_M = 4;
export const MAX_ROUTE_POINTS = 200_000;

/**
 * Reads a route from a .gpx, .geojson or .json file.
 * @throws {Error} when the file holds no line of at least two distinct points
 */
export async function readRouteFile(file: string): Promise<RoutePoint[]> {
  const text = await readFile(file, 'utf8');
  const points = extname(file).toLowerCase() === '.gpx' ? parseGpxRoute(text) : parseGeoJsonRoute(text);
  if (points.length > MAX_ROUTE_POINTS) throw new Error(`${file} has more than ${MAX_ROUTE_POINTS} points`);
  const route = simplified(points);
  const [start] = route;
  if (!start || !route.some((point) => distanceM(start, point) > 1)) {
    throw new Error(`${file} holds no track, route or line of at least two distinct points`);
  }
  return route;
}

/** Ramer, Douglas and Peucker, with a stack instead of recursion: a track may be long. */
export function simplified(points: readonly RoutePoint[], toleranceM = SIMPLIFY_M): RoutePoint[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [from, to] = span;
    const [a, b] = [points[from], points[to]];
    let worst = -1;
    let worstM = toleranceM;
    for (let i = from + 1; i < to; i++) {
      const point = points[i];
      if (!a || !b || !point) continue;
      const offM = offLineM(point, a, b);
      if (offM > worstM) [worst, worstM] = [i, offM];
    }
    if (worst < 0) continue;
    kept.add(worst);
    open.push([from, worst], [worst, to]);
  }
  return points.filter((_, i) => kept.has(i));
}

/** Distance of a point to the piece between two others, metres, on the flat. */
function offLineM(point: Place, a: Place, b: Place): number {
  const shrink = Math.cos((a.lat * Math.PI) / 180);
  const flat = (p: Place) => ({
    x: wrapLongitude(p.lon - a.lon) * shrink * METRES_PER_DEGREE,
    y: (p.lat - a.lat) * METRES_PER_DEGREE,
  });
  const [p, end] = [flat(point), flat(b)];
  const square = end.x ** 2 + end.y ** 2;
  const share = square === 0 ? 0 : Math.max(0, Math.min(1, (p.x * end.x + p.y * end.y) / square));
  return Math.hypot(p.x - end.x * share, p.y - end.y * share);
}
