import type { Connection } from '@wayleave/runtime/postgres.ts';
import { emptyTimeRange } from '../positions/errors.ts';
import { getVehicle } from '../vehicles/service.ts';
import * as store from './read-store.ts';
import { type TripKind, type TripView, tripViewOf } from './trip.ts';

/**
 * A vehicle's trips and stops that share an instant with [fromMs, toMs), oldest first, from after
 * `after` on.
 * @throws `vehicle_not_found`, `empty_time_range`
 */
export async function listTrips(
  connection: Connection,
  query: { vehicleId: string; fromMs: number; toMs: number; kind: TripKind | null; limit: number },
  after: store.TripPlace | null,
): Promise<TripView[]> {
  const { vehicleId, fromMs, toMs, kind, limit } = query;
  if (fromMs >= toMs) throw emptyTimeRange();
  await getVehicle(connection, vehicleId);
  const range = { from: new Date(fromMs), to: new Date(toMs) };
  return (await store.listTrips(connection, { vehicleId, ...range, kind, limit }, after)).map(tripViewOf);
}

/** A trip or a stop of one of many vehicles; times are epoch milliseconds. */
export interface VehicleTrip {
  vehicleId: string;
  kind: TripKind;
  startMs: number;
  /** Null while it lasts. */
  endMs: number | null;
  lat: number;
  lon: number;
  /** Those of telematics/rules/trips. */
  details: store.DayTripRow['details'];
}

/** What of each vehicle shares an instant with [fromMs, toMs), by vehicle and start. */
export async function tripsOfVehicles(
  connection: Connection,
  vehicleIds: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<VehicleTrip[]> {
  const rows = await store.tripsOfVehicles(connection, vehicleIds, new Date(fromMs), new Date(toMs));
  return rows.map((row) => ({
    vehicleId: row.vehicle_id,
    kind: row.kind,
    startMs: row.started_at.getTime(),
    endMs: row.ended_at?.getTime() ?? null,
    lat: row.start_lat,
    lon: row.start_lon,
    details: row.details,
  }));
}
