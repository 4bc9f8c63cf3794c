import type { Connection } from '@wayleave/runtime/postgres.ts';
import { installationsOfVehicles } from './fleet-installations-store.ts';

/** When a device spoke for a vehicle; epoch milliseconds. */
export interface FleetInstallation {
  vehicleId: string;
  deviceId: string;
  fromMs: number;
  /** Infinity while it lasts. */
  toMs: number;
}

/** Which devices spoke for many vehicles when, within [fromMs, toMs), of each vehicle the oldest first. */
export async function devicesOfVehicles(
  connection: Connection,
  vehicleIds: readonly string[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<FleetInstallation[]> {
  const rows = await installationsOfVehicles(connection, vehicleIds, new Date(fromMs), new Date(toMs));
  return rows.map((row) => ({
    vehicleId: row.vehicle_id,
    deviceId: row.device_id,
    fromMs: row.starts_at.getTime(),
    toMs: row.ends_at?.getTime() ?? Number.POSITIVE_INFINITY,
  }));
}
