import { distanceM } from './distance.ts';

/** Of a great circle. */
const METRES_PER_DEGREE = distanceM(0, 0, 1, 0);

/**
 * Fixes that wait for the line over them to be settled. So one in so many is kept at least, which a
 * vehicle that stands still for a day makes no longer than that, and a fix costs so many comparisons
 * at the most.
 */
export const MAX_WAITING_FIXES = 256;

export interface Place {
  /** Degrees, WGS 84. */
  lat: number;
  lon: number;
}

export interface Simplifier<Fix extends Place> {
  /** Takes the next fix in time; returns the vertex that is settled by it, if one is. */
  push(fix: Fix): Fix | null;
  /** The last fix, unless it was returned already; the simplifier is then as new. */
  end(): Fix | null;
}

/**
 * Thins a track out in one pass (an opening window, capped). First and last fix are kept; every fix
 * in between is kept or lies no further than `toleranceM` from the line between the two kept ones
 * before and after it in time. That line is straight in longitude and latitude, as RFC 7946 has it
 * drawn, and takes the shorter way round the Earth.
 *
 * The bound holds everywhere, near a pole and across the antimeridian: distances are taken in a plane
 * at the fix whose degree of longitude is as long as it is anywhere within the tolerance, which is
 * never less than the distance on the sphere.
 */
export function createSimplifier<Fix extends Place>(toleranceM: number): Simplifier<Fix> {
  /** The vertex settled last, from which the next line begins. */
  let anchor: Fix | null = null;
  let newest: Fix | null = null;
  let waiting = 0;
  // Of the fixes between the anchor and the newest: degrees north and east of the anchor, and by what
  // a degree of longitude is shorter than one of latitude there.
  const north = new Float64Array(MAX_WAITING_FIXES);
  const east = new Float64Array(MAX_WAITING_FIXES);
  const narrowing = new Float64Array(MAX_WAITING_FIXES);
  const toleranceDeg = toleranceM / METRES_PER_DEGREE;
  const squaredTolerance = toleranceDeg * toleranceDeg;

  const isWithin = (at: number, endNorth: number, endEast: number): boolean => {
    const scale = narrowing[at]!;
    const x = east[at]! * scale;
    const y = north[at]!;
    const endX = endEast * scale;
    const squaredLength = endX * endX + endNorth * endNorth;
    const along = squaredLength === 0 ? 0 : (x * endX + y * endNorth) / squaredLength;
    const share = along < 0 ? 0 : along > 1 ? 1 : along;
    const offX = x - endX * share;
    const offY = y - endNorth * share;
    return offX * offX + offY * offY <= squaredTolerance;
  };

  /** Whether the line from the anchor to `end` serves for all that wait. */
  const serves = (end: Fix, from: Fix): boolean => {
    const endNorth = end.lat - from.lat;
    const endEast = eastOf(from.lon, end.lon);
    for (let at = 0; at < waiting; at += 1) if (!isWithin(at, endNorth, endEast)) return false;
    return true;
  };

  const wait = (fix: Fix, from: Fix): void => {
    north[waiting] = fix.lat - from.lat;
    east[waiting] = eastOf(from.lon, fix.lon);
    narrowing[waiting] = Math.cos((Math.max(0, Math.abs(fix.lat) - toleranceDeg) * Math.PI) / 180);
    waiting += 1;
  };

  return {
    push: (fix) => {
      if (anchor === null) {
        anchor = fix;
        return fix;
      }
      if (newest === null) {
        newest = fix;
        return null;
      }
      if (waiting < MAX_WAITING_FIXES) {
        wait(newest, anchor);
        if (serves(fix, anchor)) {
          newest = fix;
          return null;
        }
      }
      // The line to the newest was found to serve when that came.
      anchor = newest;
      newest = fix;
      waiting = 0;
      return anchor;
    },
    end: () => {
      const last = newest;
      anchor = null;
      newest = null;
      waiting = 0;
      return last;
    },
  };
}

/** Degrees from one longitude to another by the shorter way, -180 to 180. */
export function eastOf(fromLon: number, toLon: number): number {
  const east = toLon - fromLon;
  return east > 180 ? east - 360 : east < -180 ? east + 360 : east;
}
