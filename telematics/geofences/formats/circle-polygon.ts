import { cutAtAntimeridian } from '../antimeridian.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';

const CORNERS = 64;
const RADIANS_PER_DEGREE = Math.PI / 180;
/** Mean radius of the Earth, metres (IUGG), as in positions/distance.ts. */
const EARTH_RADIUS_M = 6_371_008.8;

/** A circle as a polygon of 64 corners that lie on it, cut at the antimeridian, closed over a pole. */
export function circlePolygon([lon, lat]: Coordinates, radiusM: number): Coordinates[][][] {
  const angle = radiusM / EARTH_RADIUS_M;
  const fromLat = lat * RADIANS_PER_DEGREE;
  const ring = Array.from({ length: CORNERS }, (_, i): Coordinates => {
    const bearing = (-2 * Math.PI * i) / CORNERS;
    const sinLat =
      Math.sin(fromLat) * Math.cos(angle) + Math.cos(fromLat) * Math.sin(angle) * Math.cos(bearing);
    const turn = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(fromLat),
      Math.cos(angle) - Math.sin(fromLat) * sinLat,
    );
    const toLat = Math.asin(Math.max(-1, Math.min(1, sinLat))) / RADIANS_PER_DEGREE;
    return [onMap(lon + turn / RADIANS_PER_DEGREE), toLat];
  });
  return partsOf(cutAtAntimeridian({ type: 'Polygon', coordinates: [ring] }));
}

/** The polygons of an area; none of a circle or corridor. */
export function partsOf(shape: GeofenceShape): Coordinates[][][] {
  if (shape.type === 'Polygon') return [shape.coordinates];
  return shape.type === 'MultiPolygon' ? shape.coordinates : [];
}

function onMap(lon: number): number {
  if (lon > 180) return lon - 360;
  return lon < -180 ? lon + 360 : lon;
}
