import type { Finding } from '../rules/finding.ts';
import type { Json } from '../rules/json.ts';
import type { TripKind } from './trip.ts';

/** A row of `trips`, as {@link TRIP_COLUMNS} reads it. */
export interface TripRow {
  id: string;
  device_id: string;
  vehicle_id: string;
  kind: TripKind;
  started_at: Date;
  confirmed_at: Date;
  ended_at: Date | null;
  settled_at: Date;
  start_lat: number;
  start_lon: number;
  details: { [key: string]: Json };
}

/** Of the table or alias `t`. */
export const TRIP_COLUMNS = `
  t.id, t.device_id, t.vehicle_id, t.kind, t.started_at, t.confirmed_at, t.ended_at, t.settled_at,
  t.start_lat, t.start_lon, t.details`;

/** What rule `trips` found, as it is stored. */
export function findingOfTrip(row: TripRow): Finding {
  return {
    rule: 'trips',
    kind: row.kind,
    subject: '',
    startMs: row.started_at.getTime(),
    confirmedMs: row.confirmed_at.getTime(),
    endMs: row.ended_at?.getTime() ?? null,
    lat: row.start_lat,
    lon: row.start_lon,
    details: row.details,
  };
}
