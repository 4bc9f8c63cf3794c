import type { Geofence, GeofenceKind, GeofenceShape, LonLat } from '../api/geofence-types.ts';
import { metresPerPixel } from './mercator.ts';
import { unwrapGeometry, unwrapLine } from './unwrap.ts';

/** As telematics/positions/distance.ts has it: the mean radius of the Earth. */
const EARTH_RADIUS_M = 6_371_008.8;
/** A circle is drawn with so many corners; two hundred metres wide it is then true to a decimetre. */
const CIRCLE_CORNERS = 96;
const RADIANS = Math.PI / 180;

/** What the map is given of a geofence. */
export type DrawnGeofence = Pick<Geofence, 'id' | 'name' | 'kind' | 'shape'>;

interface Properties {
  id: string;
  name: string;
  kind: GeofenceKind;
  /** Of a corridor: its width in pixels at zoom 0; it doubles with each zoom. */
  widthPx?: number;
}

export type GeofenceFeature = GeoJSON.Feature<GeoJSON.Polygon | GeoJSON.MultiPolygon | GeoJSON.LineString> & {
  properties: Properties;
};

/** A geofence for the map, without jumps at the antimeridian. A corridor is a line that knows its width. */
export function geofenceFeature({ id, name, kind, shape }: DrawnGeofence): GeofenceFeature {
  const properties: Properties = { id, name, kind };
  if (shape.type === 'Corridor') {
    const middle = shape.line[shape.line.length >> 1] ?? [0, 0];
    return {
      type: 'Feature',
      properties: { ...properties, widthPx: shape.widthM / metresPerPixel(middle[1], 0) },
      geometry: { type: 'LineString', coordinates: unwrapLine(shape.line) },
    };
  }
  return { type: 'Feature', properties, geometry: areaOf(shape) };
}

/** Where a geofence's name stands: one place for each, however many tiles it covers. */
export function labelFeature({ id, name, kind, shape }: DrawnGeofence): GeoJSON.Feature<GeoJSON.Point> {
  return {
    type: 'Feature',
    properties: { id, name, kind },
    geometry: { type: 'Point', coordinates: labelPlace(shape) },
  };
}

function labelPlace(shape: GeofenceShape): LonLat {
  if (shape.type === 'Circle') return shape.center;
  if (shape.type === 'Corridor') return unwrapLine(shape.line)[shape.line.length >> 1] as LonLat;
  const { type, coordinates } = areaOf(shape);
  const ring = (type === 'Polygon' ? coordinates[0] : coordinates[0]?.[0]) ?? [];
  const points = Math.max(1, ring.length - 1);
  const mean = (axis: 0 | 1) =>
    ring.slice(0, points).reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points;
  return [mean(0), mean(1)];
}

type Area = Exclude<GeofenceShape, { type: 'Corridor' }>;

function areaOf(shape: Area): GeoJSON.Polygon | GeoJSON.MultiPolygon {
  if (shape.type === 'Circle') {
    return unwrapGeometry({ type: 'Polygon', coordinates: [circleRing(shape.center, shape.radiusM)] });
  }
  return unwrapGeometry(shape);
}

/** A circle on the sphere as a closed ring, first corner due north. */
export function circleRing([lon, lat]: LonLat, radiusM: number): LonLat[] {
  const angle = radiusM / EARTH_RADIUS_M;
  const ring = Array.from({ length: CIRCLE_CORNERS }, (_, at): LonLat => {
    const bearing = (at / CIRCLE_CORNERS) * 2 * Math.PI;
    const [sinLat, cosLat] = [Math.sin(lat * RADIANS), Math.cos(lat * RADIANS)];
    const cornerLat = Math.asin(sinLat * Math.cos(angle) + cosLat * Math.sin(angle) * Math.cos(bearing));
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * cosLat,
      Math.cos(angle) - sinLat * Math.sin(cornerLat),
    );
    return [lon + east / RADIANS, cornerLat / RADIANS];
  });
  return [...ring, ring[0]!];
}

/** Metres between two places on the sphere (haversine). */
export function metresBetween([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS) / 2);
  const sinLon = Math.sin(((lon2 - lon1) * RADIANS) / 2);
  const h = sinLat * sinLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * sinLon * sinLon;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The box around shapes, [west, south, east, north]; east may be beyond 180. Null for none. */
export function boundsOfShapes(
  shapes: readonly GeofenceShape[],
): [west: number, south: number, east: number, north: number] | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const hold = ([lon = 0, lat = 0]: readonly number[]) => {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  };
  for (const shape of shapes) {
    if (shape.type === 'Corridor') unwrapLine(shape.line).forEach(hold);
    else {
      const { type, coordinates } = areaOf(shape);
      for (const ring of type === 'Polygon' ? coordinates : coordinates.flat()) ring.forEach(hold);
    }
  }
  return west === Infinity ? null : [west, Math.max(-85, south), east, Math.min(85, north)];
}
