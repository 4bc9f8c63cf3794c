import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { RuleVehicle } from '../rule.ts';
import { installationsOf } from './book-store.ts';

/** A vehicle that a device is in, from one instant up to another. */
export interface DeviceVehicle {
  vehicle: RuleVehicle;
  fromMs: number;
  toMs: number;
}

/** For each device the vehicles that it was in, in order of time. */
export async function vehiclesOfDevices(
  db: Connection | Pool,
  deviceIds: readonly number[],
): Promise<Map<number, DeviceVehicle[]>> {
  const found = new Map<number, DeviceVehicle[]>(deviceIds.map((deviceId) => [deviceId, []]));
  for (const row of await installationsOf(db, deviceIds)) {
    found.get(Number(row.device_id))!.push({
      vehicle: { id: row.vehicle_id, kind: row.kind },
      fromMs: row.starts_at?.getTime() ?? Number.NEGATIVE_INFINITY,
      toMs: row.ends_at?.getTime() ?? Number.POSITIVE_INFINITY,
    });
  }
  return found;
}
