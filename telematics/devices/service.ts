import { type Connection, violatedConstraint } from '@wayleave/runtime/postgres.ts';
import type { DeviceView, NewDevice } from './device.ts';
import { hashDeviceSecret, newDeviceSecret } from './device-secret.ts';
import { deviceNotFound, deviceRevoked, identTaken } from './errors.ts';
import * as store from './store.ts';

/** @returns devices in the order of their ids, from after `afterId` */
export async function listDevices(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<DeviceView[]> {
  return (await store.listDevices(connection, afterId, limit)).map(viewOf);
}

/** @throws `device_not_found` */
export async function getDevice(connection: Connection, id: string): Promise<DeviceView> {
  const row = await store.findDevice(connection, id);
  if (!row) throw deviceNotFound();
  return viewOf(row);
}

/**
 * Makes a device with a fresh secret. The secret is in the answer and nowhere else: only its HMAC
 * is stored.
 * @throws `ident_taken`
 */
export async function provisionDevice(
  connection: Connection,
  secretKey: Uint8Array,
  { ident, model }: NewDevice,
): Promise<{ device: DeviceView; secret: string }> {
  const secret = newDeviceSecret();
  try {
    const id = await store.insertDevice(connection, {
      ident,
      model: model ?? null,
      secretHash: hashDeviceSecret(secretKey, secret),
    });
    return { device: await getDevice(connection, id), secret };
  } catch (error) {
    throw violatedConstraint(error) === 'devices_ident_key' ? identTaken() : error;
  }
}

/**
 * Gives the device a new secret; the old one is refused from then on, and a session that used it
 * is dropped by the broker.
 * @throws `device_not_found`, `device_revoked`
 */
export async function rotateDeviceSecret(
  connection: Connection,
  secretKey: Uint8Array,
  id: string,
): Promise<string> {
  const secret = newDeviceSecret();
  if (await store.updateSecretHash(connection, id, hashDeviceSecret(secretKey, secret))) return secret;
  await getDevice(connection, id);
  throw deviceRevoked();
}

/** Locks the device out for good; doing it again changes nothing. @throws `device_not_found` */
export async function revokeDevice(connection: Connection, id: string): Promise<DeviceView> {
  await store.revokeDevice(connection, id);
  return await getDevice(connection, id);
}

function viewOf(row: store.DeviceRow): DeviceView {
  return {
    id: row.id,
    ident: row.ident,
    model: row.model,
    status: row.revoked_at === null ? 'active' : 'revoked',
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    vehicle: row.vehicle_id === null ? null : { id: row.vehicle_id, label: row.vehicle_label! },
  };
}
