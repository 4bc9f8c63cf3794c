/** Degrees, WGS 84. */
export interface Place {
  lat: number;
  lon: number;
}

/** Mean radius of the Earth, metres (IUGG R1). */
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** Along a meridian; along a parallel it shrinks with the cosine of the latitude. */
export const METRES_PER_DEGREE = EARTH_RADIUS_M * RADIANS;

/** Great-circle distance, metres (haversine). */
export function distanceM(a: Place, b: Place): number {
  const sinLat = Math.sin(((b.lat - a.lat) * RADIANS) / 2);
  const sinLon = Math.sin(((b.lon - a.lon) * RADIANS) / 2);
  const h = sinLat * sinLat + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * sinLon * sinLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Compass course from `a` to a nearby `b`, degrees clockwise from north, [0, 360). */
export function headingDeg(a: Place, b: Place): number {
  const east = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * RADIANS);
  return wrapDegrees(Math.atan2(east, b.lat - a.lat) / RADIANS);
}

/** A place moved by a few metres or kilometres on the flat. */
export function moved(from: Place, eastM: number, northM: number): Place {
  return {
    lat: from.lat + northM / METRES_PER_DEGREE,
    lon: from.lon + eastM / (METRES_PER_DEGREE * Math.cos(from.lat * RADIANS)),
  };
}

/** Into [0, 360). */
export const wrapDegrees = (degrees: number): number => ((degrees % 360) + 360) % 360;

/** Into [-180, 180). */
export const wrapLongitude = (lon: number): number => wrapDegrees(lon + 180) - 180;

/** How far to turn from one course to another, degrees, [-180, 180), right is positive. */
export const turnDeg = (from: number, to: number): number => wrapLongitude(to - from);
