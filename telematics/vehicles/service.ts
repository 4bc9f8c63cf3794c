import { type Connection, violatedConstraint } from '@wayleave/runtime/postgres.ts';
import { noPosition } from '../positions/errors.ts';
import type { PositionView } from '../positions/position.ts';
import { positionViewOf } from '../positions/position-row.ts';
import { plateTaken, vehicleNotFound } from './errors.ts';
import * as store from './store.ts';
import type { NewVehicle, VehicleView } from './vehicle.ts';

/** @returns vehicles in the order of their ids, from after `afterId` */
export async function listVehicles(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<VehicleView[]> {
  return (await store.listVehicles(connection, afterId, limit)).map(viewOf);
}

/** @throws `vehicle_not_found` */
export async function getVehicle(connection: Connection, id: string): Promise<VehicleView> {
  const row = await store.findVehicle(connection, id);
  if (!row) throw vehicleNotFound();
  return viewOf(row);
}

/** @throws `vehicle_not_found`, `no_position` */
export async function getLatestPosition(connection: Connection, vehicleId: string): Promise<PositionView> {
  const { latest } = await getVehicle(connection, vehicleId);
  if (!latest) throw noPosition();
  return latest;
}

/** @throws `plate_taken` */
export async function createVehicle(connection: Connection, vehicle: NewVehicle): Promise<VehicleView> {
  try {
    const id = await store.insertVehicle(connection, { ...vehicle, plate: vehicle.plate ?? null });
    return await getVehicle(connection, id);
  } catch (error) {
    throw violatedConstraint(error) === 'vehicles_plate_key' ? plateTaken() : error;
  }
}

function viewOf(row: store.VehicleRow): VehicleView {
  return {
    id: row.id,
    label: row.label,
    kind: row.kind,
    plate: row.plate,
    createdAt: row.created_at.toISOString(),
    device: row.device_id === null ? null : { id: row.device_id, ident: row.device_ident! },
    latest: row.fix_time === null ? null : positionViewOf(row),
  };
}
