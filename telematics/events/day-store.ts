import type { Connection } from '@wayleave/runtime/postgres.ts';

/** Of an event what a day's figures count. */
export interface DayEventRow {
  vehicle_id: string;
  rule: string;
  kind: string;
  occurred_at: Date;
  ended_at: Date | null;
  /** What kind of geofence it is about; null if about none. */
  geofence_kind: string | null;
}

/** What lasts for longer is closed by a silence, or is one that another event tells of. */
const LONGEST_DAYS = 62;

const OF_VEHICLES = `
  SELECT e.vehicle_id, e.rule, e.kind, e.occurred_at, e.ended_at, e.details ->> 'geofenceKind' AS geofence_kind
  FROM events e
  WHERE e.vehicle_id = ANY($1::bigint[]) AND e.retracted_at IS NULL
    AND e.occurred_at < $3 AND e.occurred_at >= $2::timestamptz - INTERVAL '${LONGEST_DAYS} days'
    AND (e.occurred_at >= $2 OR e.ended_at IS NULL OR e.ended_at > $2)
  ORDER BY e.vehicle_id, e.occurred_at, e.id`;

/** The standing events of many vehicles that share an instant with [from, to). */
export async function eventsOfVehicles(
  connection: Connection,
  vehicleIds: readonly string[],
  from: Date,
  to: Date,
): Promise<DayEventRow[]> {
  return (await connection.query<DayEventRow>(OF_VEHICLES, [vehicleIds, from, to])).rows;
}
