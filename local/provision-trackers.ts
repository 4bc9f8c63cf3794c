import { randomBytes } from 'node:crypto';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import type pg from 'pg';
import type { Secrets } from './secrets.ts';

const PROVISION = `
  INSERT INTO devices (operator_id, ident, secret_hash)
  SELECT $1, ident, secret_hash FROM unnest($2::text[], $3::bytea[]) AS new (ident, secret_hash)`;

/** Provisions trackers of a new operator straight into the table, thousands at once, for a load. */
export async function provisionTrackers(
  owner: pg.Client,
  secrets: Secrets,
  operator: string,
  count: number,
): Promise<{ ident: string; secret: string }[]> {
  const key = Buffer.from(secrets.DEVICE_SECRET_KEY, 'hex');
  const trackers = Array.from({ length: count }, (_, at) => ({
    ident: String(860_000_000_000_000 + at),
    secret: randomBytes(24).toString('base64url'),
  }));
  const { rows } = await owner.query<{ id: string }>(
    'INSERT INTO operators (name) VALUES ($1) RETURNING id',
    [operator],
  );
  await owner.query(PROVISION, [
    rows[0]!.id,
    trackers.map(({ ident }) => ident),
    trackers.map(({ secret }) => hashDeviceSecret(key, secret)),
  ]);
  return trackers;
}
