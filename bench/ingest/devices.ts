import { randomBytes } from 'node:crypto';
import type { Secrets } from '@wayleave/local/secrets.ts';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import type pg from 'pg';

const PROVISION = `
  INSERT INTO devices (operator_id, ident, secret_hash)
  SELECT $1, ident, secret_hash FROM unnest($2::text[], $3::bytea[]) AS new (ident, secret_hash)`;

/** Provisions devices straight into the table: a bench is not about the API that does it one by one. */
export async function provisionDevices(
  database: pg.Client,
  secrets: Secrets,
  operator: string,
  count: number,
): Promise<{ ident: string; secret: string }[]> {
  const key = Buffer.from(secrets.DEVICE_SECRET_KEY, 'hex');
  const devices = Array.from({ length: count }, (_, at) => ({
    ident: String(860_000_000_000_000 + at),
    secret: randomBytes(24).toString('base64url'),
  }));
  const { rows } = await database.query('INSERT INTO operators (name) VALUES ($1) RETURNING id', [operator]);
  await database.query(PROVISION, [
    rows[0].id,
    devices.map(({ ident }) => ident),
    devices.map(({ secret }) => hashDeviceSecret(key, secret)),
  ]);
  return devices;
}
