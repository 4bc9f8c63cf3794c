import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { SpeaksFor } from './gateway.ts';

export interface GatewayRow {
  id: string;
  ident: string;
  model: string | null;
  revoked_at: Date | null;
  created_at: Date;
  speaks_for: SpeaksFor;
  listed_devices: number;
}

const GATEWAY_SQL = `
  SELECT g.id, g.ident, g.model, g.revoked_at, g.created_at, g.speaks_for, l.listed_devices
  FROM devices g
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS listed_devices FROM gateway_devices WHERE gateway_id = g.id
  ) l`;

/** In the order of the ids, from after `afterId`. */
export async function listGateways(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<GatewayRow[]> {
  const { rows } = await connection.query<GatewayRow>(
    `${GATEWAY_SQL} WHERE g.kind = 'gateway' AND g.id > $1 ORDER BY g.id LIMIT $2`,
    [afterId, limit],
  );
  return rows;
}

export async function findGateway(connection: Connection, id: string): Promise<GatewayRow | undefined> {
  const { rows } = await connection.query<GatewayRow>(
    `${GATEWAY_SQL} WHERE g.kind = 'gateway' AND g.id = $1`,
    [id],
  );
  return rows[0];
}

/** Violates `devices_ident_key` if any operator has the ident. */
export async function insertGateway(
  connection: Connection,
  gateway: { ident: string; model: string | null; speaksFor: SpeaksFor; secretHash: Buffer },
): Promise<string> {
  const { rows } = await connection.query<{ id: string }>(
    `INSERT INTO devices (operator_id, kind, ident, model, speaks_for, secret_hash)
     VALUES (current_operator(), 'gateway', $1, $2, $3, $4) RETURNING id`,
    [gateway.ident, gateway.model, gateway.speaksFor, gateway.secretHash],
  );
  return rows[0]!.id;
}

/** False if there is no such gateway or it is revoked. */
export async function updateSpeaksFor(
  connection: Connection,
  id: string,
  speaksFor: SpeaksFor,
): Promise<boolean> {
  const { rowCount } = await connection.query(
    "UPDATE devices SET speaks_for = $2 WHERE id = $1 AND kind = 'gateway' AND revoked_at IS NULL",
    [id, speaksFor],
  );
  return rowCount === 1;
}

/** False if there is no such gateway or it is revoked. */
export async function updateGatewaySecretHash(
  connection: Connection,
  id: string,
  hash: Buffer,
): Promise<boolean> {
  const { rowCount } = await connection.query(
    `UPDATE devices SET secret_hash = $2, secret_rotated_at = now()
     WHERE id = $1 AND kind = 'gateway' AND revoked_at IS NULL`,
    [id, hash],
  );
  return rowCount === 1;
}

/** Leaves the time of an earlier revocation as it is. */
export async function revokeGateway(connection: Connection, id: string): Promise<void> {
  await connection.query(
    "UPDATE devices SET revoked_at = now() WHERE id = $1 AND kind = 'gateway' AND revoked_at IS NULL",
    [id],
  );
}

export interface ListedDeviceRow {
  id: string;
  ident: string;
  revoked_at: Date | null;
}

/** The devices on a gateway's list in the order of their ids, from after `afterId`. */
export async function listedDevices(
  connection: Connection,
  gatewayId: string,
  afterId: string,
  limit: number,
): Promise<ListedDeviceRow[]> {
  const { rows } = await connection.query<ListedDeviceRow>(
    `SELECT d.id, d.ident, d.revoked_at FROM gateway_devices l JOIN devices d ON d.id = l.device_id
     WHERE l.gateway_id = $1 AND l.device_id > $2 ORDER BY l.device_id LIMIT $3`,
    [gatewayId, afterId, limit],
  );
  return rows;
}

/** Which of the ids are of trackers. */
export async function trackersAmong(connection: Connection, ids: readonly string[]): Promise<string[]> {
  const { rows } = await connection.query<{ id: string }>(
    "SELECT id FROM devices WHERE id = ANY($1::bigint[]) AND kind = 'tracker'",
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Devices that are on the list already stay there. */
export async function addToList(
  connection: Connection,
  gatewayId: string,
  ids: readonly string[],
): Promise<void> {
  await connection.query(
    `INSERT INTO gateway_devices (operator_id, gateway_id, device_id)
     SELECT current_operator(), $1, id FROM unnest($2::bigint[]) AS added (id) ORDER BY id
     ON CONFLICT DO NOTHING`,
    [gatewayId, ids],
  );
}

export async function removeFromList(
  connection: Connection,
  gatewayId: string,
  ids: readonly string[],
): Promise<void> {
  await connection.query(
    'DELETE FROM gateway_devices WHERE gateway_id = $1 AND device_id = ANY($2::bigint[])',
    [gatewayId, ids],
  );
}
