import type { GeofenceFormat } from '../api/geofence-types.ts';

export const FORMATS: readonly GeofenceFormat[] = ['geojson', 'kml', 'wkt'];
export const FORMAT_NAMES: Record<GeofenceFormat, string> = { geojson: 'GeoJSON', kml: 'KML', wkt: 'WKT' };

/** The most that the API takes at once. */
export const MAX_IMPORT_BYTES = 5 * 1024 * 1024;

/** What a text looks like, by the name of its file or by how it begins; null if it could be anything. */
export function formatOf(text: string, fileName = ''): GeofenceFormat | null {
  const ending = /\.(\w+)$/.exec(fileName.toLowerCase())?.[1];
  if (ending === 'geojson' || ending === 'json') return 'geojson';
  if (ending === 'kml' || ending === 'wkt') return ending;
  const start = text.trimStart().slice(0, 200).toUpperCase();
  if (start.startsWith('{') || start.startsWith('[')) return 'geojson';
  if (start.startsWith('<')) return 'kml';
  if (/^(SRID=\d+;\s*)?(MULTI)?(POLYGON|LINESTRING|POINT|CIRCLE|GEOMETRYCOLLECTION)/.test(start))
    return 'wkt';
  return null;
}
