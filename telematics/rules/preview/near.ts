import type { Coordinates, GeofenceShape } from '../../geofences/geofence.ts';

/** Degrees. */
export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Metres in a degree of latitude, a little less than any is. */
const METRES_PER_DEGREE = 110_000;
/** Nearer to a pole, degrees of longitude say little; and a way across the antimeridian spans nearly all. */
const POLAR_LAT = 80;
const WIDE_DEG = 180;

/** Of [lon, lat] points; null without any. */
export function boundsOf(points: Iterable<readonly [number, number]>): Bounds | null {
  let bounds: Bounds | null = null;
  for (const [lon, lat] of points) {
    bounds ??= { west: lon, south: lat, east: lon, north: lat };
    bounds.west = Math.min(bounds.west, lon);
    bounds.east = Math.max(bounds.east, lon);
    bounds.south = Math.min(bounds.south, lat);
    bounds.north = Math.max(bounds.north, lat);
  }
  return bounds;
}

/** Whether a shape may have to do with a track; wrong on the side of yes. */
export function isNear(shape: GeofenceShape, track: Bounds): boolean {
  const own = boundsOf(pointsOf(shape))!;
  const marginDeg = marginM(shape) / METRES_PER_DEGREE;
  const farthestLat = Math.max(...[own.south, own.north, track.south, track.north].map(Math.abs));
  if (own.south - marginDeg > track.north || own.north + marginDeg < track.south) return false;
  if (farthestLat + marginDeg > POLAR_LAT) return true;
  const lonMarginDeg = marginDeg / Math.cos((Math.min(farthestLat + marginDeg, POLAR_LAT) * Math.PI) / 180);
  const spansDeg = own.east - own.west + 2 * lonMarginDeg;
  if (spansDeg > WIDE_DEG || track.east - track.west > WIDE_DEG) return true;
  // A margin may lead across the antimeridian.
  return [-360, 0, 360].some(
    (turn) => own.west - lonMarginDeg + turn <= track.east && own.east + lonMarginDeg + turn >= track.west,
  );
}

function marginM(shape: GeofenceShape): number {
  if (shape.type === 'Circle') return shape.radiusM;
  return shape.type === 'Corridor' ? shape.widthM / 2 : 0;
}

function pointsOf(shape: GeofenceShape): readonly Coordinates[] {
  switch (shape.type) {
    case 'Circle':
      return [shape.center];
    case 'Corridor':
      return shape.line;
    case 'Polygon':
      return shape.coordinates.flat();
    case 'MultiPolygon':
      return shape.coordinates.flat(2);
  }
}
