import type { Connection } from '@wayleave/runtime/postgres.ts';
import { eventsOfVehicles } from './day-store.ts';

/** An event of one of many vehicles, as a day's figures count it; epoch milliseconds. */
export interface VehicleEvent {
  vehicleId: string;
  rule: string;
  kind: string;
  startMs: number;
  /** Null while it lasts. */
  endMs: number | null;
  /** What kind of geofence it is about; null if about none. */
  geofenceKind: string | null;
}

/** What stands of the events of many vehicles and shares an instant with [fromMs, toMs). */
export async function eventsDuring(
  connection: Connection,
  vehicleIds: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<VehicleEvent[]> {
  const rows = await eventsOfVehicles(connection, vehicleIds, new Date(fromMs), new Date(toMs));
  return rows.map((row) => ({
    vehicleId: row.vehicle_id,
    rule: row.rule,
    kind: row.kind,
    startMs: row.occurred_at.getTime(),
    endMs: row.ended_at?.getTime() ?? null,
    geofenceKind: row.geofence_kind,
  }));
}
