/** Web Mercator on the unit square: x grows to the east from -180°, y to the south from +85.05°. */

const EQUATOR_M = 40_075_016.686;
/** CSS pixels that the unit square measures at zoom 0 in MapLibre. */
export const WORLD_PX_AT_ZOOM_0 = 512;
const MAX_LATITUDE = 85.051_129;

export const xFromLon = (lon: number) => (lon + 180) / 360;

export function yFromLat(lat: number): number {
  const clamped = Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat));
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (clamped * Math.PI) / 360)) / (2 * Math.PI);
}

export const lonFromX = (x: number) => x * 360 - 180;

export const latFromY = (y: number) => (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90;

/** How many metres on the ground one unit of the square spans at `y`. */
export const metresPerUnit = (y: number) => EQUATOR_M / Math.cosh((0.5 - y) * 2 * Math.PI);

export const metresPerPixel = (lat: number, zoom: number) =>
  metresPerUnit(yFromLat(lat)) / (WORLD_PX_AT_ZOOM_0 * 2 ** zoom);

/** A difference of x taken the short way round the world. */
export const shortWay = (dx: number) => dx - Math.round(dx);
