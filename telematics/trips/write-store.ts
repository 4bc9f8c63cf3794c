import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { Finding } from '../rules/finding.ts';
import { findingId } from '../rules/finding-id.ts';
import { findingOfTrip, TRIP_COLUMNS, type TripRow } from './trip-row.ts';

/*
 * Trips and stops as the rule `trips` finds them; for connections under the roles `wayleave_ingest` and
 * `wayleave_jobs` inside a transaction. Nobody is told of them, so there are no revisions.
 */

export interface TripDraft {
  /** Of rule `trips`: kind `trip` or `stop`, with a place. */
  finding: Finding;
  /** Fix time of the fix that told this of it, epoch milliseconds. */
  settledMs: number;
  operatorId: number;
  deviceId: number;
  vehicleId: string;
}

export interface StandingTrip {
  id: string;
  finding: Finding;
  settledMs: number;
  vehicleId: string;
}

const PUT = `
  INSERT INTO trips AS stored (id, operator_id, device_id, vehicle_id, kind, started_at, confirmed_at, ended_at,
    settled_at, start_lat, start_lon, details)
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[],
    $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::float8[], $11::float8[], $12::jsonb[])
    AS draft (id, operator_id, device_id, vehicle_id, kind, started_at, confirmed_at, ended_at, settled_at,
      start_lat, start_lon, details)
  ORDER BY id
  ON CONFLICT (id) DO UPDATE SET vehicle_id = excluded.vehicle_id, confirmed_at = excluded.confirmed_at,
    ended_at = excluded.ended_at, settled_at = excluded.settled_at, start_lat = excluded.start_lat,
    start_lon = excluded.start_lon, details = excluded.details
  WHERE (stored.vehicle_id, stored.confirmed_at, stored.ended_at, stored.settled_at, stored.start_lat, stored.start_lon, stored.details)
    IS DISTINCT FROM (excluded.vehicle_id, excluded.confirmed_at, excluded.ended_at, excluded.settled_at,
      excluded.start_lat, excluded.start_lon, excluded.details)`;

/** Records trips and stops, each once: of several drafts of the same one the last counts. */
export async function recordTrips(connection: Connection, drafts: readonly TripDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const last = [...new Map(drafts.map((draft) => [findingId(draft.deviceId, draft.finding), draft]))];
  const each = last.map(([, draft]) => draft);
  await connection.query({
    name: 'put-trips',
    text: PUT,
    values: [
      last.map(([id]) => id),
      each.map(({ operatorId }) => operatorId),
      each.map(({ deviceId }) => deviceId),
      each.map(({ vehicleId }) => vehicleId),
      each.map(({ finding }) => finding.kind),
      each.map(({ finding }) => new Date(finding.startMs)),
      each.map(({ finding }) => new Date(finding.confirmedMs)),
      each.map(({ finding }) => (finding.endMs === null ? null : new Date(finding.endMs))),
      each.map(({ settledMs }) => new Date(settledMs)),
      each.map(({ finding }) => finding.lat),
      each.map(({ finding }) => finding.lon),
      each.map(({ finding }) => JSON.stringify(finding.details)),
    ],
  });
}

// Locked in the order of their ids, as they are recorded, so that two transactions never wait in a circle.
const DELETE = `
  DELETE FROM trips WHERE id IN (SELECT id FROM trips WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)`;

/** Deletes trips and stops that were none. */
export async function deleteTrips(connection: Connection, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await connection.query({ name: 'delete-trips', text: DELETE, values: [ids] });
}

// What is certain since an instant was settled since then as well; asked for apart from what lasts, none from
// before is looked at.
const STANDING = `
  SELECT ${TRIP_COLUMNS} FROM (
    SELECT * FROM trips WHERE device_id = $1 AND settled_at > $2
    UNION ALL
    SELECT * FROM trips WHERE device_id = $1 AND settled_at <= $2 AND ended_at IS NULL) AS t
  WHERE t.confirmed_at <= $3
  ORDER BY t.confirmed_at, t.id`;

/**
 * A device's trips and stops that became certain after `afterMs` and up to `untilMs`, and those that had
 * before and last, or were settled after `afterMs`. Fix times, epoch milliseconds.
 */
export async function standingTrips(
  connection: Connection,
  deviceId: number,
  afterMs: number,
  untilMs: number,
): Promise<StandingTrip[]> {
  const { rows } = await connection.query<TripRow>({
    name: 'standing-trips',
    text: STANDING,
    values: [deviceId, instant(afterMs), instant(untilMs)],
  });
  return rows.map((row) => ({
    id: row.id,
    settledMs: row.settled_at.getTime(),
    vehicleId: row.vehicle_id,
    finding: findingOfTrip(row),
  }));
}

function instant(epochMs: number): string {
  if (Number.isFinite(epochMs)) return new Date(epochMs).toISOString();
  return epochMs > 0 ? 'infinity' : '-infinity';
}
