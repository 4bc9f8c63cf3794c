import { z } from 'zod';
import type { ExportedGeofence, GeofenceFormat } from './format.ts';
import { geoJson } from './geojson.ts';
import { kml } from './kml.ts';
import { wkt } from './wkt.ts';

/** What geofences come and go as, by the name that people choose it by. */
export const geofenceFormats = { geojson: geoJson, kml, wkt } satisfies Record<string, GeofenceFormat>;

export const geofenceFormatName = z.enum(['geojson', 'kml', 'wkt']);

/** A file of geofences, in pieces: as large as they are, it never has to be held as a whole. */
export async function* writeGeofences(
  format: GeofenceFormat,
  geofences: AsyncIterable<ExportedGeofence> | Iterable<ExportedGeofence>,
): AsyncGenerator<string> {
  yield format.head;
  let isFirst = true;
  for await (const geofence of geofences) {
    yield (isFirst ? '' : format.separator) + format.write(geofence);
    isFirst = false;
  }
  yield format.tail;
}
