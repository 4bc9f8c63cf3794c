import type { z } from 'zod';
import type { Transact } from '../positions/history-portions.ts';
import { type geofenceFormatName, geofenceFormats, writeGeofences } from './formats/formats.ts';
import type { GeofenceView } from './geofence.ts';
import { listGeofences } from './service.ts';
import type { GeofenceFilter } from './store.ts';

/** Which geofences to write, and how. */
export interface GeofenceExport {
  format: z.infer<typeof geofenceFormatName>;
  filter: GeofenceFilter;
}

/** Read at once; fewer where shapes are large. */
const PAGE = 500;
/** Of a piece of the text, at the least. */
const PIECE_CHARS = 60_000;

/**
 * The geofences that hold, in the order of their ids, as a file in pieces. Each page is a transaction of
 * its own: one that is changed meanwhile is in the file once, as it was before or after.
 */
export async function* geofencesText(
  transact: Transact,
  { format, filter }: GeofenceExport,
): AsyncGenerator<string> {
  let piece = '';
  for await (const text of writeGeofences(geofenceFormats[format], allGeofences(transact, filter))) {
    piece += text;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

async function* allGeofences(transact: Transact, filter: GeofenceFilter): AsyncGenerator<GeofenceView> {
  let afterId = '0';
  for (;;) {
    const from = afterId;
    const { items, isLast } = await transact(
      async (connection) => await listGeofences(connection, filter, from, PAGE),
    );
    yield* items;
    if (isLast) return;
    afterId = items.at(-1)!.id;
  }
}
