import { type Connection, violatedConstraint } from '@wayleave/runtime/postgres.ts';
import { deviceRevoked, gatewayInVehicle } from '../devices/errors.ts';
import { isGateway } from '../devices/gateway-service.ts';
import { getDevice } from '../devices/service.ts';
import {
  deviceAlreadyInstalled,
  endsBeforeStart,
  installationEnded,
  installationNotFound,
  startsInFuture,
  vehicleAlreadyHasDevice,
} from './errors.ts';
import type { InstallationView, NewInstallation } from './installation.ts';
import * as store from './installation-store.ts';
import { getVehicle } from './service.ts';

/** More than a vehicle will ever have; the list is not paged. */
const MAX_LISTED_INSTALLATIONS = 1_000;

/** How far ahead an installation may start. */
const MAX_AHEAD_MS = 86_400_000;

/**
 * @throws `vehicle_not_found`, `device_not_found`, `device_is_gateway`, `device_revoked`,
 * `device_already_installed`, `vehicle_already_has_device`, `installation_starts_in_future`
 */
export async function installDevice(
  connection: Connection,
  vehicleId: string,
  { deviceId, from }: NewInstallation,
): Promise<InstallationView> {
  const startsAt = from ? new Date(from) : null;
  if (startsAt && startsAt.getTime() > Date.now() + MAX_AHEAD_MS) throw startsInFuture();
  await getVehicle(connection, vehicleId);
  if (await isGateway(connection, deviceId)) throw gatewayInVehicle();
  const device = await getDevice(connection, deviceId);
  if (device.status === 'revoked') throw deviceRevoked();
  try {
    return viewOf(await store.insertInstallation(connection, { vehicleId, deviceId, startsAt }));
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === 'installations_device_once') throw deviceAlreadyInstalled();
    if (constraint === 'installations_vehicle_once') throw vehicleAlreadyHasDevice();
    throw error;
  }
}

/**
 * Ends an installation at `to`, or now.
 * @throws `installation_not_found`, `installation_already_ended`, `installation_ends_before_start`
 */
export async function endInstallation(
  connection: Connection,
  id: string,
  to: string | null | undefined,
): Promise<InstallationView> {
  const installation = await store.lockInstallation(connection, id);
  if (!installation) throw installationNotFound();
  if (installation.ends_at !== null) throw installationEnded();
  const endsAt = to ? new Date(to) : installation.now;
  if (endsAt <= installation.starts_at) throw endsBeforeStart();
  return viewOf(await store.endInstallation(connection, id, endsAt));
}

/** The installations of a vehicle, newest first. @throws `vehicle_not_found` */
export async function listInstallations(
  connection: Connection,
  vehicleId: string,
): Promise<InstallationView[]> {
  await getVehicle(connection, vehicleId);
  return (await store.listInstallations(connection, vehicleId, MAX_LISTED_INSTALLATIONS)).map(viewOf);
}

/** Which device spoke for the vehicle when, within [from, to), oldest first. */
export async function devicesDuring(
  connection: Connection,
  vehicleId: string,
  from: Date,
  to: Date,
): Promise<{ deviceId: string; fromMs: number; toMs: number }[]> {
  const rows = await store.installationsWithin(connection, vehicleId, from, to);
  return rows.map((row) => ({
    deviceId: row.device_id,
    fromMs: row.starts_at.getTime(),
    toMs: row.ends_at?.getTime() ?? Number.POSITIVE_INFINITY,
  }));
}

function viewOf(row: store.InstallationRow): InstallationView {
  return {
    id: row.id,
    vehicleId: row.vehicle_id,
    deviceId: row.device_id,
    from: row.starts_at.toISOString(),
    to: row.ends_at?.toISOString() ?? null,
  };
}
