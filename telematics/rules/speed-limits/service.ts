import type { Connection } from '@wayleave/runtime/postgres.ts';
import { lockForOperator } from '../../operator-lock.ts';
import { getVehicle } from '../../vehicles/service.ts';
import { speedLimitNotFound, tooManySpeedLimits } from './errors.ts';
import { MAX_SPEED_LIMITS, type NewSpeedLimit, type SpeedLimitView } from './speed-limit.ts';
import * as store from './store.ts';

/** All that hold or are about to, in the order in which they were set. */
export async function listSpeedLimits(connection: Connection): Promise<SpeedLimitView[]> {
  return (await store.listLimits(connection, MAX_SPEED_LIMITS)).map(viewOf);
}

/**
 * Sets the limit of a kind, a vehicle or a lease, in place of the one that it has. Setting what is
 * set already changes nothing.
 * @throws `vehicle_not_found`, `too_many_speed_limits`
 */
export async function setSpeedLimit(connection: Connection, set: NewSpeedLimit): Promise<SpeedLimitView> {
  const target: store.SpeedLimitTarget = {
    scope: set.scope,
    kind: set.scope === 'kind' ? set.kind : null,
    vehicle_id: set.scope === 'kind' ? null : set.vehicleId,
    lease: set.scope === 'lease' ? set.lease : null,
  };
  await lockForOperator(connection, 'speed limits');
  if (target.vehicle_id !== null) await getVehicle(connection, target.vehicle_id);
  const running = await store.findLimit(connection, target);
  if (running?.limit_kmh === set.limitKmh) return viewOf(running);
  if (!running && (await store.countLimits(connection)) >= MAX_SPEED_LIMITS) {
    throw tooManySpeedLimits(MAX_SPEED_LIMITS);
  }
  return viewOf(await store.putLimit(connection, target, set.limitKmh));
}

/** @throws `speed_limit_not_found` */
export async function deleteSpeedLimit(connection: Connection, id: string): Promise<void> {
  await lockForOperator(connection, 'speed limits');
  if (!(await store.endLimit(connection, id))) throw speedLimitNotFound();
}

function viewOf(row: store.SpeedLimitRow): SpeedLimitView {
  return {
    id: row.id,
    scope: row.scope,
    kind: row.kind,
    vehicleId: row.vehicle_id,
    lease: row.lease,
    limitKmh: row.limit_kmh,
    validFrom: row.valid_from.toISOString(),
  };
}
