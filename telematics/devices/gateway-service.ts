import { type Connection, violatedConstraint } from '@wayleave/runtime/postgres.ts';
import { hashDeviceSecret, newDeviceSecret } from './device-secret.ts';
import { devicesNotFound, gatewayNotFound, gatewayRevoked, identTaken } from './errors.ts';
import type { GatewayView, ListedDeviceView, NewGateway, SpeaksFor } from './gateway.ts';
import * as store from './gateway-store.ts';

/** @returns gateways in the order of their ids, from after `afterId` */
export async function listGateways(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<GatewayView[]> {
  return (await store.listGateways(connection, afterId, limit)).map(viewOf);
}

/** @throws `gateway_not_found` */
export async function getGateway(connection: Connection, id: string): Promise<GatewayView> {
  const row = await store.findGateway(connection, id);
  if (!row) throw gatewayNotFound();
  return viewOf(row);
}

/** Whether the operator has a gateway of that id. */
export async function isGateway(connection: Connection, id: string): Promise<boolean> {
  return (await store.findGateway(connection, id)) !== undefined;
}

/**
 * Makes a gateway with a fresh secret, which is in the answer and nowhere else: only its HMAC is
 * stored. Its list of devices is empty.
 * @throws `ident_taken`
 */
export async function provisionGateway(
  connection: Connection,
  secretKey: Uint8Array,
  { ident, model, speaksFor }: NewGateway,
): Promise<{ gateway: GatewayView; secret: string }> {
  const secret = newDeviceSecret();
  try {
    const id = await store.insertGateway(connection, {
      ident,
      model: model ?? null,
      speaksFor,
      secretHash: hashDeviceSecret(secretKey, secret),
    });
    return { gateway: await getGateway(connection, id), secret };
  } catch (error) {
    throw violatedConstraint(error) === 'devices_ident_key' ? identTaken() : error;
  }
}

/**
 * Changes for whom the gateway may speak; brokers go by it within a second.
 * @throws `gateway_not_found`, `gateway_revoked`
 */
export async function setSpeaksFor(
  connection: Connection,
  id: string,
  speaksFor: SpeaksFor,
): Promise<GatewayView> {
  const isChanged = await store.updateSpeaksFor(connection, id, speaksFor);
  const gateway = await getGateway(connection, id);
  if (!isChanged) throw gatewayRevoked();
  return gateway;
}

/**
 * The old secret is refused from then on, and a session that used it is dropped by the broker.
 * @throws `gateway_not_found`, `gateway_revoked`
 */
export async function rotateGatewaySecret(
  connection: Connection,
  secretKey: Uint8Array,
  id: string,
): Promise<string> {
  const secret = newDeviceSecret();
  const hash = hashDeviceSecret(secretKey, secret);
  if (await store.updateGatewaySecretHash(connection, id, hash)) return secret;
  await getGateway(connection, id);
  throw gatewayRevoked();
}

/** Locks the gateway out for good; doing it again changes nothing. @throws `gateway_not_found` */
export async function revokeGateway(connection: Connection, id: string): Promise<GatewayView> {
  await store.revokeGateway(connection, id);
  return await getGateway(connection, id);
}

/**
 * The devices on the gateway's list in the order of their ids, from after `afterId`.
 * @throws `gateway_not_found`
 */
export async function listDevicesOfGateway(
  connection: Connection,
  id: string,
  afterId: string,
  limit: number,
): Promise<ListedDeviceView[]> {
  await getGateway(connection, id);
  const rows = await store.listedDevices(connection, id, afterId, limit);
  return rows.map((row) => ({ id: row.id, ident: row.ident, status: statusOf(row) }));
}

/**
 * Puts devices on the gateway's list: all of them or, if one is not the operator's, none.
 * @throws `gateway_not_found`, `gateway_revoked`, `device_not_found`
 */
export async function addDevicesToGateway(
  connection: Connection,
  id: string,
  deviceIds: readonly string[],
): Promise<GatewayView> {
  const { status } = await getGateway(connection, id);
  if (status === 'revoked') throw gatewayRevoked();
  const trackers = new Set(await store.trackersAmong(connection, deviceIds));
  const missing = deviceIds.filter((deviceId) => !trackers.has(deviceId));
  if (missing.length > 0) throw devicesNotFound(missing);
  await store.addToList(connection, id, [...trackers]);
  return await getGateway(connection, id);
}

/** Takes devices off the list; those that are not on it change nothing. @throws `gateway_not_found` */
export async function removeDevicesFromGateway(
  connection: Connection,
  id: string,
  deviceIds: readonly string[],
): Promise<GatewayView> {
  await getGateway(connection, id);
  await store.removeFromList(connection, id, deviceIds);
  return await getGateway(connection, id);
}

function viewOf(row: store.GatewayRow): GatewayView {
  return {
    id: row.id,
    ident: row.ident,
    model: row.model,
    status: statusOf(row),
    createdAt: row.created_at.toISOString(),
    speaksFor: row.speaks_for,
    listedDevices: row.listed_devices,
  };
}

function statusOf({ revoked_at }: { revoked_at: Date | null }): 'active' | 'revoked' {
  return revoked_at === null ? 'active' : 'revoked';
}
