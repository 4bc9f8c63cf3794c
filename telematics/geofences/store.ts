import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { GeofenceKind, GeofenceSchedule, GeofenceShape } from './geofence.ts';

/*
 * What an operator has set, on connections under the role `wayleave_app`. A version never changes but
 * ends, and the next begins at the same instant, so that late fixes are judged by what held then.
 */

export interface GeofenceRow {
  geofence_id: string;
  version: number;
  name: string;
  kind: GeofenceKind;
  /** JSON of a `GeofenceShape`, whose length bounds what is read at once. */
  shape_json: string;
  group_id: string | null;
  vehicle_id: string | null;
  schedule: GeofenceSchedule | null;
  speed_limit_kmh: number | null;
  dwell_s: number | null;
  valid_from: Date;
  /** Null while it holds. */
  valid_to: Date | null;
}

/** What a version says, beside when it holds. */
export type GeofenceContent = Pick<
  GeofenceRow,
  'name' | 'kind' | 'group_id' | 'vehicle_id' | 'schedule' | 'speed_limit_kmh' | 'dwell_s'
> & { shape: GeofenceShape };

const COLUMNS = `geofence_id, version, name, kind, shape::text AS shape_json, group_id, vehicle_id, schedule,
  speed_limit_kmh, dwell_s, valid_from, nullif(valid_to, 'infinity') AS valid_to`;

/** Which geofences to list; all of the operator's where nothing is said. */
export interface GeofenceFilter {
  kind?: GeofenceKind | undefined;
  /** Those attached to this one. */
  vehicleId?: string | undefined;
  groupId?: string | undefined;
  /** Part of the name, in any case. */
  search?: string | undefined;
}

/** Those that hold or are about to, in the order of their ids, from after `afterId`. */
export async function listGeofences(
  connection: Connection,
  filter: GeofenceFilter,
  afterId: string,
  limit: number,
): Promise<GeofenceRow[]> {
  const { kind = null, vehicleId = null, groupId = null, search = null } = filter;
  const { rows } = await connection.query<GeofenceRow>(
    `SELECT ${COLUMNS} FROM geofence_versions
     WHERE valid_to = 'infinity' AND geofence_id > $1
       AND ($3::text IS NULL OR kind = $3) AND ($4::bigint IS NULL OR vehicle_id = $4)
       AND ($5::bigint IS NULL OR group_id = $5)
       AND ($6::text IS NULL OR position(lower($6) IN lower(name)) > 0)
     ORDER BY geofence_id LIMIT $2`,
    [afterId, limit, kind, vehicleId, groupId, search],
  );
  return rows;
}

/** Those of the ids that hold or are about to, in the order of the ids. */
export async function findGeofences(connection: Connection, ids: readonly string[]): Promise<GeofenceRow[]> {
  const { rows } = await connection.query<GeofenceRow>(
    `SELECT ${COLUMNS} FROM geofence_versions
     WHERE geofence_id = ANY($1::bigint[]) AND valid_to = 'infinity' ORDER BY geofence_id`,
    [ids],
  );
  return rows;
}

/** All versions, newest first, from before `beforeVersion`; also of a geofence that was deleted. */
export async function listVersions(
  connection: Connection,
  geofenceId: string,
  beforeVersion: string,
  limit: number,
): Promise<GeofenceRow[]> {
  const { rows } = await connection.query<GeofenceRow>(
    `SELECT ${COLUMNS} FROM geofence_versions
     WHERE geofence_id = $1 AND version < $2::bigint ORDER BY version DESC LIMIT $3`,
    [geofenceId, beforeVersion, limit],
  );
  return rows;
}

/** Whether there is a geofence of that id, or was. */
export async function existed(connection: Connection, id: string): Promise<boolean> {
  const { rowCount } = await connection.query('SELECT FROM geofences WHERE id = $1', [id]);
  return rowCount === 1;
}

/** Until the transaction ends, nobody else changes the geofence. */
export async function lockGeofence(connection: Connection, id: string): Promise<void> {
  await connection.query('SELECT FROM geofences WHERE id = $1 FOR UPDATE', [id]);
}

export async function countGeofences(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ geofences: number }>(
    `SELECT count(*)::integer AS geofences FROM geofence_versions WHERE valid_to = 'infinity'`,
  );
  return rows[0]!.geofences;
}

export async function groupHasGeofences(connection: Connection, groupId: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    `SELECT FROM geofence_versions WHERE group_id = $1 AND valid_to = 'infinity' LIMIT 1`,
    [groupId],
  );
  return rowCount === 1;
}

export interface AddedVersion {
  geofence_id: string;
  version: number;
  valid_from: Date;
}

/** What the database manages at the least, so that a batch of any size is announced before it holds. */
const INSERTS_PER_MS = 5;

const INSERT_FIRST = `
  WITH moment AS MATERIALIZED (
    SELECT rules_valid_from() + cardinality($1::text[]) / ${INSERTS_PER_MS} * interval '1 millisecond' AS valid_from
  ), made AS (
    INSERT INTO geofences (operator_id) SELECT current_operator() FROM unnest($1::text[]) RETURNING id
  ), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM made
  )
  INSERT INTO geofence_versions (operator_id, geofence_id, version, name, kind, shape, group_id, vehicle_id,
                                 schedule, speed_limit_kmh, dwell_s, created_by, valid_from)
  SELECT current_operator(), id, 1, name, kind, shape::jsonb, group_id, vehicle_id, schedule::jsonb, limit_kmh, dwell_s, $9,
         (SELECT valid_from FROM moment)
  FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::double precision[], $8::integer[])
    WITH ORDINALITY AS given (name, kind, shape, group_id, vehicle_id, schedule, limit_kmh, dwell_s, place)
  JOIN numbered USING (place) ORDER BY place
  RETURNING geofence_id, version, valid_from`;

/** New geofences, in the order in which they are given; all hold from the same instant on. */
export async function insertGeofences(
  connection: Connection,
  contents: readonly GeofenceContent[],
  createdBy: string,
): Promise<AddedVersion[]> {
  const { rows } = await connection.query<AddedVersion>(INSERT_FIRST, [
    contents.map(({ name }) => name),
    contents.map(({ kind }) => kind),
    contents.map(({ shape }) => JSON.stringify(shape)),
    contents.map(({ group_id }) => group_id),
    contents.map(({ vehicle_id }) => vehicle_id),
    contents.map(({ schedule }) => jsonOf(schedule)),
    contents.map(({ speed_limit_kmh }) => speed_limit_kmh),
    contents.map(({ dwell_s }) => dwell_s),
    createdBy,
  ]);
  return rows.sort((a, b) => Number(a.geofence_id) - Number(b.geofence_id));
}

/** Of a geofence that is locked and holds: ends its version and begins the next at the same instant. */
export async function addVersion(
  connection: Connection,
  id: string,
  content: GeofenceContent,
  createdBy: string,
): Promise<AddedVersion> {
  const { rows } = await connection.query<AddedVersion>(
    `WITH ended AS (
       UPDATE geofence_versions SET valid_to = greatest(rules_valid_from(), valid_from)
       WHERE geofence_id = $1 AND valid_to = 'infinity' RETURNING version, valid_to
     )
     INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape, group_id,
                                    vehicle_id, schedule, speed_limit_kmh, dwell_s, created_by)
     SELECT current_operator(), $1, version + 1, valid_to, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM ended
     RETURNING geofence_id, version, valid_from`,
    [
      id,
      content.name,
      content.kind,
      JSON.stringify(content.shape),
      content.group_id,
      content.vehicle_id,
      jsonOf(content.schedule),
      content.speed_limit_kmh,
      content.dwell_s,
      createdBy,
    ],
  );
  return rows[0]!;
}

/** Of a geofence that is locked; false if it was deleted before. */
export async function endGeofence(connection: Connection, id: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    `UPDATE geofence_versions SET valid_to = greatest(rules_valid_from(), valid_from)
     WHERE geofence_id = $1 AND valid_to = 'infinity'`,
    [id],
  );
  return rowCount === 1;
}

const jsonOf = (schedule: GeofenceSchedule | null) => (schedule === null ? null : JSON.stringify(schedule));
