import type { Connection } from '@wayleave/runtime/postgres.ts';

export interface DeviceRow {
  id: string;
  ident: string;
  model: string | null;
  revoked_at: Date | null;
  created_at: Date;
  last_seen_at: Date | null;
  vehicle_id: string | null;
  vehicle_label: string | null;
}

/*
 * A device is a tracker here; gateways stand in the same table, as an ident and a secret let both
 * in, and have a store of their own (gateway-store.ts).
 */

/**
 * With the vehicle of the running installation and when it was last heard of, in one query.
 * LATERAL with a LIMIT, as for vehicles: one index look-up per device of the page.
 */
const DEVICE_SQL = `
  SELECT d.id, d.ident, d.model, d.revoked_at, d.created_at,
         l.last_received_at AS last_seen_at, v.id AS vehicle_id, v.label AS vehicle_label
  FROM devices d
  LEFT JOIN LATERAL (
    SELECT vehicle_id FROM installations WHERE device_id = d.id AND during @> now() LIMIT 1
  ) i ON true
  LEFT JOIN vehicles v ON v.id = i.vehicle_id
  LEFT JOIN latest_positions l ON l.device_id = d.id`;

/** In the order of the ids, from after `afterId`. */
export async function listDevices(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<DeviceRow[]> {
  const { rows } = await connection.query<DeviceRow>(
    `${DEVICE_SQL} WHERE d.kind = 'tracker' AND d.id > $1 ORDER BY d.id LIMIT $2`,
    [afterId, limit],
  );
  return rows;
}

export async function findDevice(connection: Connection, id: string): Promise<DeviceRow | undefined> {
  const { rows } = await connection.query<DeviceRow>(`${DEVICE_SQL} WHERE d.kind = 'tracker' AND d.id = $1`, [
    id,
  ]);
  return rows[0];
}

/** Violates `devices_ident_key` if any operator has the ident. */
export async function insertDevice(
  connection: Connection,
  device: { ident: string; model: string | null; secretHash: Buffer },
): Promise<string> {
  const { rows } = await connection.query<{ id: string }>(
    `INSERT INTO devices (operator_id, ident, model, secret_hash)
     VALUES (current_operator(), $1, $2, $3) RETURNING id`,
    [device.ident, device.model, device.secretHash],
  );
  return rows[0]!.id;
}

/** False if there is no such device or it is revoked. */
export async function updateSecretHash(connection: Connection, id: string, hash: Buffer): Promise<boolean> {
  const { rowCount } = await connection.query(
    `UPDATE devices SET secret_hash = $2, secret_rotated_at = now()
     WHERE id = $1 AND kind = 'tracker' AND revoked_at IS NULL`,
    [id, hash],
  );
  return rowCount === 1;
}

/** Leaves the time of an earlier revocation as it is. */
export async function revokeDevice(connection: Connection, id: string): Promise<void> {
  await connection.query(
    "UPDATE devices SET revoked_at = now() WHERE id = $1 AND kind = 'tracker' AND revoked_at IS NULL",
    [id],
  );
}
