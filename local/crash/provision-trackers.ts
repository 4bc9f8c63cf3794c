import { randomBytes } from 'node:crypto';
import { hashDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import pg from 'pg';
import type { Stack } from '../stack.ts';

/** Provisions trackers straight into the table, for a stack without an API. */
export async function provisionTrackers(
  stack: Stack,
  count: number,
): Promise<{ ident: string; secret: string }[]> {
  const key = Buffer.from(stack.secrets.DEVICE_SECRET_KEY, 'hex');
  const trackers = Array.from({ length: count }, (_, at) => ({
    ident: String(860_000_000_000_000 + at),
    secret: randomBytes(24).toString('base64url'),
  }));
  const owner = new pg.Client({ connectionString: stack.databaseUrl });
  await owner.connect();
  const { rows } = await owner.query<{ id: string }>(
    "INSERT INTO operators (name) VALUES ('Load') RETURNING id",
  );
  await owner.query(
    `INSERT INTO devices (operator_id, ident, secret_hash)
     SELECT $1, ident, secret_hash FROM unnest($2::text[], $3::bytea[]) AS new (ident, secret_hash)`,
    [
      rows[0]!.id,
      trackers.map(({ ident }) => ident),
      trackers.map(({ secret }) => hashDeviceSecret(key, secret)),
    ],
  );
  await owner.end();
  return trackers;
}
