import { z } from 'zod';

const latitude = z.number().min(-90).max(90);
/** Beyond ±180 when a map has been turned around the world; wrapped below. */
const longitude = z.number().min(-540).max(540);

/** `[west, south, east, north]`, degrees; west greater than east crosses the antimeridian. */
export const bounds = z
  .tuple([longitude, latitude, longitude, latitude])
  .refine(([, south, , north]) => south <= north, 'south must not be above north');
export type Bounds = z.infer<typeof bounds>;

/** What a viewer sees of the world; everything if it never said. */
export type Contains = (lat: number, lon: number) => boolean;

export const everywhere: Contains = () => true;

/** The test of one viewport, made once and run for every change: a few comparisons. */
export function viewportOf([west, south, east, north]: Bounds): Contains {
  if (east - west >= 360) return (lat) => lat >= south && lat <= north;
  const left = wrapped(west);
  const right = wrapped(east);
  const edges = (lon: number) => lon >= left && lon <= right;
  // The antimeridian lies inside: what is not between the right edge and the left one.
  const across = (lon: number) => lon >= left || lon <= right;
  const withinEdges = left <= right ? edges : across;
  return (lat, lon) => lat >= south && lat <= north && withinEdges(lon);
}

/** The same meridian within -180 to 180. */
function wrapped(lon: number): number {
  if (lon >= -180 && lon <= 180) return lon;
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}
