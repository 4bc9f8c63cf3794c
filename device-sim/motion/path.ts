import { distanceM, headingDeg, moved, type Place, turnDeg, wrapLongitude } from '../geo.ts';

/** What waits where a road reaches a junction. */
export type Junction = 'none' | 'lights' | 'giveWay';

/** A point of a way to drive. */
export interface Waypoint extends Place {
  altitudeM: number;
  /** Posted limit from here to the next waypoint. */
  limitKmh: number;
  junction: Junction;
}

/**
 * A way to drive: a line with distances along it, corners rounded as a vehicle takes them.
 * Arrays have one element a vertex; limits and headings hold from their vertex to the next.
 * Longitudes run on over ±180 so that a line across the antimeridian stays a line.
 */
export interface Path {
  lat: Float64Array;
  lon: Float64Array;
  altitudeM: Float64Array;
  /** Metres from the start of the path. */
  atM: Float64Array;
  limitMps: Float64Array;
  headingDeg: Float64Array;
  /** Radius of the curve at a vertex, metres; Infinity where it is straight. */
  radiusM: Float64Array;
  junctions: { atM: number; junction: Junction }[];
  lengthM: number;
}

/** Corners are rounded from this far before the junction to this far after it. */
const CORNER_M = 11;
const CORNER_PIECES = 5;
const MIN_CORNER_DEG = 18;
/** Vehicles stop this far before the middle of a junction. */
const STOP_LINE_M = 14;
/** Points nearer than this are one: their heading would be noise. */
const MIN_PIECE_M = 0.5;

/**
 * @throws {RangeError} when fewer than two distinct points are left
 */
export function buildPath(waypoints: readonly Waypoint[]): Path {
  const distinct = unwrapped(waypoints).filter((point, i, all) => {
    const previous = all[i - 1];
    return !previous || distanceM(previous, point) >= MIN_PIECE_M;
  });
  if (distinct.length < 2) throw new RangeError('a path needs two distinct points');
  return measured(roundCorners(distinct));
}

function unwrapped(waypoints: readonly Waypoint[]): Waypoint[] {
  let last = waypoints[0]?.lon ?? 0;
  return waypoints.map((point) => {
    last += wrapLongitude(point.lon - last);
    return { ...point, lon: last };
  });
}

/** Replaces each corner by a quadratic Bézier curve that starts and ends on its two roads. */
function roundCorners(points: readonly Waypoint[]): Waypoint[] {
  return points.flatMap((corner, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before || !after) return [corner];
    const turn = turnDeg(headingDeg(before, corner), headingDeg(corner, after));
    if (Math.abs(turn) < MIN_CORNER_DEG) return [corner];
    const start = towards(corner, before);
    const end = towards(corner, after);
    return Array.from({ length: CORNER_PIECES + 1 }, (_, k): Waypoint => {
      const t = k / CORNER_PIECES;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
      return {
        lat: a * start.lat + b * corner.lat + c * end.lat,
        lon: a * start.lon + b * corner.lon + c * end.lon,
        altitudeM: a * start.altitudeM + b * corner.altitudeM + c * end.altitudeM,
        limitKmh: k === 0 ? before.limitKmh : corner.limitKmh,
        // The line to stop at lies before the curve, so its first point carries the junction.
        junction: k === 0 ? corner.junction : 'none',
      };
    });
  });
}

/** The point CORNER_M from the corner on one of its roads, or half-way on a short one. */
function towards(corner: Waypoint, other: Waypoint): Waypoint {
  const share = Math.min(0.5, CORNER_M / distanceM(corner, other));
  return {
    ...corner,
    lat: corner.lat + (other.lat - corner.lat) * share,
    lon: corner.lon + (other.lon - corner.lon) * share,
    altitudeM: corner.altitudeM + (other.altitudeM - corner.altitudeM) * share,
  };
}

function measured(points: readonly Waypoint[]): Path {
  const atM = new Float64Array(points.length);
  const heading = new Float64Array(points.length);
  for (const [i, b] of points.entries()) {
    const a = points[i - 1];
    if (!a) continue;
    atM[i] = (atM[i - 1] ?? 0) + distanceM(a, b);
    heading[i - 1] = headingDeg(a, b);
  }
  heading[points.length - 1] = heading[points.length - 2] ?? 0;
  return {
    lat: Float64Array.from(points, (p) => p.lat),
    lon: Float64Array.from(points, (p) => p.lon),
    altitudeM: Float64Array.from(points, (p) => p.altitudeM),
    atM,
    limitMps: Float64Array.from(points, (p) => p.limitKmh / 3.6),
    headingDeg: heading,
    radiusM: Float64Array.from(points, (_, i) => radiusAt(i, atM, heading)),
    junctions: points.flatMap(({ junction }, i) =>
      junction === 'none' ? [] : [{ junction, atM: Math.max(0, (atM[i] ?? 0) - STOP_LINE_M) }],
    ),
    lengthM: atM.at(-1) ?? 0,
  };
}

/** Half the two adjoining pieces, over the angle between them. */
function radiusAt(i: number, atM: Float64Array, heading: Float64Array): number {
  if (i === 0 || i === atM.length - 1) return Number.POSITIVE_INFINITY;
  const turn = (Math.abs(turnDeg(heading[i - 1] ?? 0, heading[i] ?? 0)) * Math.PI) / 180;
  return ((atM[i + 1] ?? 0) - (atM[i - 1] ?? 0)) / 2 / turn;
}

/** The vertex at or before a distance along the path, looking from a vertex already passed. */
export function vertexAt(path: Path, atM: number, from = 0): number {
  let vertex = from;
  while (vertex < path.atM.length - 2 && (path.atM[vertex + 1] ?? 0) <= atM) vertex++;
  return vertex;
}

/** Where a distance along the path is, `laneM` metres to the left of its line. */
export function placeOnPath(
  path: Path,
  vertex: number,
  atM: number,
  laneM = 0,
): Place & { altitudeM: number } {
  const start = path.atM[vertex] ?? 0;
  const span = (path.atM[vertex + 1] ?? start) - start;
  const share = span > 0 ? (atM - start) / span : 0;
  const within = (values: Float64Array) => {
    const a = values[vertex] ?? 0;
    return a + ((values[vertex + 1] ?? a) - a) * share;
  };
  const heading = ((path.headingDeg[vertex] ?? 0) * Math.PI) / 180;
  const centre = { lat: within(path.lat), lon: within(path.lon) };
  const { lat, lon } =
    laneM === 0 ? centre : moved(centre, -Math.cos(heading) * laneM, Math.sin(heading) * laneM);
  return { lat, lon: wrapLongitude(lon), altitudeM: within(path.altitudeM) };
}
