import type { Coordinates } from '../geofence.ts';
import { createCollector, type Drawn } from './collector.ts';
import {
  crsUnsupported,
  type ExportedGeofence,
  type GeofenceFormat,
  geometryInvalid,
  geometryMissing,
  geometryUnsupported,
  type ImportReading,
  importTooManyVertices,
  importUnreadable,
  MAX_IMPORT_DEPTH,
  MAX_IMPORT_VERTICES,
  type ReadOptions,
} from './format.ts';
import { type Properties, propertiesOf } from './properties.ts';

/*
 * GeoJSON (RFC 7946). A circle is a Point with the property `radiusM` (or `radius`, metres), a corridor
 * a LineString with `widthM` (or `width`); `kind`, `speedLimitKmh`, `dwellS` and `schedule` are
 * properties, too. https://www.rfc-editor.org/rfc/rfc7946
 */
export const geoJson: GeofenceFormat = {
  contentType: 'application/geo+json',
  fileExtension: 'geojson',
  read: readGeoJson,
  head: '{"type":"FeatureCollection","features":[\n',
  separator: ',\n',
  write: writeGeoJson,
  tail: '\n]}\n',
};

type JsonObject = Readonly<Record<string, unknown>>;

/** A FeatureCollection, a Feature, or a bare geometry. */
export function readGeoJson(text: string, options: ReadOptions): ImportReading {
  const collector = createCollector(text, options);
  const root = parsed(text);
  if (!isObject(root)) throw importUnreadable('GeoJSON is an object.');
  refuseOtherCrs(root);
  const features = root.type === 'FeatureCollection' ? root.features : [root];
  if (!Array.isArray(features)) throw importUnreadable('The FeatureCollection has no list of features.');
  for (const feature of features as unknown[]) {
    const isFeature = isObject(feature) && feature.type === 'Feature';
    const properties: Properties = isFeature && isObject(feature.properties) ? feature.properties : {};
    collector.add(properties.name ?? properties.Name ?? properties.title, properties, () => {
      if (!isObject(feature)) throw geometryMissing();
      return drawnOf(isFeature ? feature.geometry : feature);
    });
  }
  return collector.reading;
}

function parsed(text: string): unknown {
  refuseExcess(text);
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
  } catch (error) {
    throw importUnreadable(`Not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** Before JSON.parse builds it. A position is a list, and most lists are positions. */
const MAX_CONTAINERS = 2 * MAX_IMPORT_VERTICES;

function refuseExcess(text: string): void {
  let depth = 0;
  let containers = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth++;
      if (++containers > MAX_CONTAINERS) throw importTooManyVertices();
    } else if (code === 0x5d || code === 0x7d) depth--;
    if (depth > MAX_IMPORT_DEPTH) throw importUnreadable(`Nested deeper than ${MAX_IMPORT_DEPTH} levels.`);
  }
}

/** A reference system was allowed by the format's predecessor of 2008. */
function refuseOtherCrs({ crs }: JsonObject): void {
  if (!isObject(crs)) return;
  const name = isObject(crs.properties) ? crs.properties.name : undefined;
  if (typeof name === 'string' && !/(?:CRS:?84|EPSG:{1,2}4326)$/i.test(name)) throw crsUnsupported(name);
}

function drawnOf(geometry: unknown): Drawn[] {
  if (!isObject(geometry)) throw geometryMissing();
  const { type, coordinates } = geometry;
  switch (type) {
    case 'Point':
      return [{ type: 'Point', center: positionOf(coordinates) }];
    case 'MultiPoint':
      return listOf(coordinates).map((point) => ({ type: 'Point', center: positionOf(point) }));
    case 'LineString':
      return [{ type: 'LineString', line: positionsOf(coordinates) }];
    case 'MultiLineString':
      return listOf(coordinates).map((line) => ({ type: 'LineString', line: positionsOf(line) }));
    case 'Polygon':
      return [{ type: 'Polygon', coordinates: ringsOf(coordinates) }];
    case 'MultiPolygon': {
      const polygons = listOf(coordinates).map(ringsOf);
      return polygons.length === 0 ? [] : [{ type: 'MultiPolygon', coordinates: polygons }];
    }
    case 'GeometryCollection':
      return listOf(geometry.geometries).flatMap(drawnOf);
    default:
      // A text, or a thing that need not turn into one.
      throw geometryUnsupported(typeof type === 'string' ? type : typeof type);
  }
}

function ringsOf(value: unknown): Coordinates[][] {
  const rings = listOf(value).map(positionsOf);
  if (rings.length === 0) throw geometryMissing();
  return rings;
}

const positionsOf = (value: unknown): Coordinates[] => listOf(value).map(positionOf);

/** What follows longitude and latitude, an altitude as a rule, says nothing here. */
function positionOf(value: unknown): Coordinates {
  const [lon, lat] = listOf(value);
  if (typeof lon !== 'number' || typeof lat !== 'number') {
    throw geometryInvalid('A position is a list of longitude and latitude.');
  }
  return [lon, lat];
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw geometryInvalid('The coordinates are not nested as their type asks for.');
  return value;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A Feature on one line. */
export function writeGeoJson(geofence: ExportedGeofence): string {
  const { id, name } = geofence;
  return JSON.stringify({
    type: 'Feature',
    ...(id !== undefined && { id }),
    properties: { name, ...propertiesOf(geofence) },
    geometry: geometryOf(geofence),
  });
}

function geometryOf({ shape }: ExportedGeofence): object {
  switch (shape.type) {
    case 'Circle':
      return { type: 'Point', coordinates: shape.center };
    case 'Corridor':
      return { type: 'LineString', coordinates: shape.line };
    case 'Polygon':
    case 'MultiPolygon':
      return shape;
  }
}
