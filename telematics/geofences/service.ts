import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { lockForOperator } from '../operator-lock.ts';
import { holdGroup } from '../vehicle-groups/service.ts';
import { getVehicle } from '../vehicles/service.ts';
import type { GeofenceFieldsInput } from './antimeridian.ts';
import { contentOf } from './content.ts';
import { geofenceNotFound, tooManyGeofences } from './errors.ts';
import type { GeofenceView } from './geofence.ts';
import * as store from './store.ts';

/** Geofences of an operator that hold at a time. */
export const MAX_GEOFENCES = 100_000;
/** Of the shapes in a page; a page may exceed it by one chunk of geofences. */
const MAX_PAGE_BYTES = 4 * 2 ** 20;
/** Read from the database at once: with the largest shapes some 20 MiB. */
const CHUNK_ROWS = 50;

export type GeofencePage = { items: GeofenceView[]; isLast: boolean };

/**
 * Geofences in the order of their ids, from after `afterId`: `limit` of them, or fewer where their
 * shapes are large.
 */
export async function listGeofences(
  connection: Connection,
  filter: store.GeofenceFilter,
  afterId: string,
  limit: number,
): Promise<GeofencePage> {
  return await pageOf(
    limit,
    async (last, rows) => await store.listGeofences(connection, filter, last?.geofence_id ?? afterId, rows),
  );
}

/**
 * Versions of a geofence, newest first, from before `beforeVersion`: `limit` of them, or fewer where
 * their shapes are large. A geofence that was deleted has them too.
 * @throws `geofence_not_found`
 */
export async function listGeofenceVersions(
  connection: Connection,
  id: string,
  beforeVersion: string,
  limit: number,
): Promise<GeofencePage> {
  if (!(await store.existed(connection, id))) throw geofenceNotFound();
  return await pageOf(
    limit,
    async (last, rows) =>
      await store.listVersions(connection, id, last ? String(last.version) : beforeVersion, rows),
  );
}

/** @throws `geofence_not_found` */
export async function getGeofence(connection: Connection, id: string): Promise<GeofenceView> {
  return viewOf(await runningVersion(connection, id));
}

/** Those of the ids that hold, in the order of the ids. */
export async function getGeofences(connection: Connection, ids: readonly string[]): Promise<GeofenceView[]> {
  return (await store.findGeofences(connection, ids)).map(viewOf);
}

/** Whether geofences hold for a group, or are about to. */
export const groupHasGeofences = store.groupHasGeofences;

/**
 * @throws `vehicle_group_not_found`, `vehicle_not_found`, `too_many_geofences`, and what `contentOf`
 * refuses
 */
export async function createGeofence(
  connection: Connection,
  fields: GeofenceFieldsInput,
  userId: string,
): Promise<GeofenceView> {
  const [created] = await addGeofences(connection, [contentOf(fields)], userId);
  if (!created) throw tooManyGeofences(MAX_GEOFENCES);
  return created;
}

/**
 * Adds as many of the geofences as the operator has room for, the first ones; all hold for the same
 * group or vehicle.
 * @throws `vehicle_group_not_found`, `vehicle_not_found`
 */
export async function addGeofences(
  connection: Connection,
  contents: readonly store.GeofenceContent[],
  userId: string,
): Promise<GeofenceView[]> {
  if (contents.length === 0) return [];
  await holdAttachment(connection, contents[0]!);
  await lockForOperator(connection, 'geofences');
  const room = Math.max(0, MAX_GEOFENCES - (await store.countGeofences(connection)));
  const fitting = contents.slice(0, room);
  if (fitting.length === 0) return [];
  const added = await store.insertGeofences(connection, fitting, userId);
  return added.map((version, place) => addedView(version, fitting[place]!));
}

/**
 * Ends the version that holds and begins the next. Saving what holds already changes nothing.
 * @throws `geofence_not_found`, `vehicle_group_not_found`, `vehicle_not_found`, and what `contentOf`
 * refuses
 */
export async function updateGeofence(
  connection: Connection,
  id: string,
  fields: GeofenceFieldsInput,
  userId: string,
): Promise<GeofenceView> {
  const content = contentOf(fields);
  await store.lockGeofence(connection, id);
  const running = await runningVersion(connection, id);
  await holdAttachment(connection, content);
  if (isDeepStrictEqual(asStored(contentOfRow(running)), asStored(content))) return viewOf(running);
  return addedView(await store.addVersion(connection, id, content, userId), content);
}

/** What held until now stays known. @throws `geofence_not_found` */
export async function deleteGeofence(connection: Connection, id: string): Promise<void> {
  await store.lockGeofence(connection, id);
  if (!(await store.endGeofence(connection, id))) throw geofenceNotFound();
}

async function runningVersion(connection: Connection, id: string): Promise<store.GeofenceRow> {
  const [row] = await store.findGeofences(connection, [id]);
  if (!row) throw geofenceNotFound();
  return row;
}

async function holdAttachment(
  connection: Connection,
  { group_id, vehicle_id }: store.GeofenceContent,
): Promise<void> {
  if (group_id !== null) await holdGroup(connection, group_id);
  if (vehicle_id !== null) await getVehicle(connection, vehicle_id);
}

/** Reads chunks after the last row of the one before, until the page is full or large enough. */
async function pageOf(
  limit: number,
  read: (last: store.GeofenceRow | undefined, rows: number) => Promise<store.GeofenceRow[]>,
): Promise<GeofencePage> {
  const items: GeofenceView[] = [];
  let bytes = 0;
  let last: store.GeofenceRow | undefined;
  for (;;) {
    // One more than fits tells whether there is another page.
    const wanted = Math.min(CHUNK_ROWS, limit + 1 - items.length);
    const rows = await read(last, wanted);
    for (const row of rows) {
      if (items.length === limit || bytes >= MAX_PAGE_BYTES) return { items, isLast: false };
      items.push(viewOf(row));
      bytes += row.shape_json.length;
      last = row;
    }
    if (rows.length < wanted) return { items, isLast: true };
  }
}

/** Without what JSON does not keep, such as the sign of a zero. */
const asStored = (content: store.GeofenceContent): unknown => JSON.parse(JSON.stringify(content));

function contentOfRow(row: store.GeofenceRow): store.GeofenceContent {
  return {
    name: row.name,
    kind: row.kind,
    shape: JSON.parse(row.shape_json),
    group_id: row.group_id,
    vehicle_id: row.vehicle_id,
    schedule: row.schedule,
    speed_limit_kmh: row.speed_limit_kmh,
    dwell_s: row.dwell_s,
  };
}

function viewOf(row: store.GeofenceRow): GeofenceView {
  return view(row, contentOfRow(row), row.valid_to);
}

const addedView = (added: store.AddedVersion, content: store.GeofenceContent): GeofenceView =>
  view(added, content, null);

function view(
  { geofence_id, version, valid_from }: store.AddedVersion,
  content: store.GeofenceContent,
  validTo: Date | null,
): GeofenceView {
  return {
    id: geofence_id,
    version,
    name: content.name,
    kind: content.kind,
    shape: content.shape,
    groupId: content.group_id,
    vehicleId: content.vehicle_id,
    schedule: content.schedule,
    speedLimitKmh: content.speed_limit_kmh,
    dwellS: content.dwell_s,
    validFrom: valid_from.toISOString(),
    validTo: validTo?.toISOString() ?? null,
  };
}
