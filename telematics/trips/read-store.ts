import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { TripKind } from './trip.ts';
import { TRIP_COLUMNS, type TripRow } from './trip-row.ts';

export interface TripQuery {
  vehicleId: string;
  from: Date;
  to: Date;
  kind: TripKind | null;
  limit: number;
}

/** Where a page begins: after this one, in the order of the list. */
export interface TripPlace {
  atMs: number;
  id: string;
}

// A vehicle does one thing at a time, so of all that began before the range the last one alone can reach into it.
const LIST = `
  SELECT ${TRIP_COLUMNS} FROM trips t
  WHERE t.vehicle_id = $1 AND t.started_at < $3
    AND t.started_at >= coalesce((
      SELECT max(b.started_at) FROM trips b WHERE b.vehicle_id = $1 AND b.started_at <= $2), $2)
    AND (t.ended_at IS NULL OR t.ended_at > $2 OR t.started_at >= $2)
    AND ($4::text IS NULL OR t.kind = $4) AND (t.started_at, t.id) > ($5, $6)
  ORDER BY t.started_at, t.id LIMIT $7`;

const BEFORE_ALL_IDS = '00000000-0000-0000-0000-000000000000';

/** A vehicle's trips and stops that share an instant with [from, to), oldest first, from after `after` on. */
export async function listTrips(
  connection: Connection,
  { vehicleId, from, to, kind, limit }: TripQuery,
  after: TripPlace | null,
): Promise<TripRow[]> {
  const afterAt = after === null ? '-infinity' : new Date(after.atMs).toISOString();
  const { rows } = await connection.query<TripRow>(LIST, [
    vehicleId,
    from,
    to,
    kind,
    afterAt,
    after?.id ?? BEFORE_ALL_IDS,
    limit,
  ]);
  return rows;
}

export interface DayTripRow {
  vehicle_id: string;
  kind: TripKind;
  started_at: Date;
  ended_at: Date | null;
  start_lat: number;
  start_lon: number;
  details: TripRow['details'];
}

const OF_VEHICLES = `
  SELECT t.vehicle_id, t.kind, t.started_at, t.ended_at, t.start_lat, t.start_lon, t.details
  FROM unnest($1::bigint[]) AS wanted (vehicle_id)
  CROSS JOIN LATERAL (
    SELECT * FROM trips d WHERE d.vehicle_id = wanted.vehicle_id AND d.started_at >= $2 AND d.started_at < $3
    UNION ALL (
      SELECT * FROM trips b WHERE b.vehicle_id = wanted.vehicle_id AND b.started_at < $2
      ORDER BY b.started_at DESC LIMIT 1)
  ) t
  WHERE t.ended_at IS NULL OR t.ended_at > $2 OR t.started_at >= $2
  ORDER BY t.vehicle_id, t.started_at`;

/** The trips and stops of many vehicles that share an instant with [from, to). */
export async function tripsOfVehicles(
  connection: Connection,
  vehicleIds: readonly string[],
  from: Date,
  to: Date,
): Promise<DayTripRow[]> {
  return (await connection.query<DayTripRow>(OF_VEHICLES, [vehicleIds, from, to])).rows;
}
