/** Mean radius of the Earth, metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Great-circle distance in metres, by the haversine, which stays exact for neighbours. */
export function distanceM(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS_PER_DEGREE) / 2);
  const sinLon = Math.sin(((lon2 - lon1) * RADIANS_PER_DEGREE) / 2);
  const squared =
    sinLat * sinLat +
    Math.cos(lat1 * RADIANS_PER_DEGREE) * Math.cos(lat2 * RADIANS_PER_DEGREE) * sinLon * sinLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(squared)));
}
