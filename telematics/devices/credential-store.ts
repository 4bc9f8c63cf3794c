import type { Pool } from '@wayleave/runtime/postgres.ts';

/** A tracker speaks for itself; a gateway for devices of its operator. */
export type DeviceKind = 'tracker' | 'gateway';

/** What a broker needs to know to let a tracker or a gateway in. */
export interface DeviceCredential {
  deviceId: number;
  operatorId: number;
  kind: DeviceKind;
  ident: string;
  /** HMAC-SHA-256 of the secret. */
  secretHash: Buffer;
  revoked: boolean;
}

interface CredentialRow {
  id: string;
  operator_id: string;
  kind: DeviceKind;
  ident: string;
  secret_hash: Buffer;
  revoked: boolean;
}

const CREDENTIAL = 'id, operator_id, kind, ident, secret_hash, revoked_at IS NOT NULL AS revoked';

const BY_IDENTS = `SELECT ${CREDENTIAL} FROM devices WHERE ident = ANY($1::text[])`;

/** The credentials of the idents that exist; for a pool under the role `wayleave_broker`. */
export async function credentialsByIdent(pool: Pool, idents: string[]): Promise<DeviceCredential[]> {
  const { rows } = await pool.query<CredentialRow>({
    name: 'credentials-by-ident',
    text: BY_IDENTS,
    values: [idents],
  });
  return rows.map(credentialOf);
}

const BY_IDS = `SELECT ${CREDENTIAL} FROM devices WHERE id = ANY($1::bigint[])`;

/** The credentials of devices that are connected; for a pool under the role `wayleave_broker`. */
export async function credentialsById(pool: Pool, deviceIds: number[]): Promise<DeviceCredential[]> {
  const { rows } = await pool.query<CredentialRow>({
    name: 'credentials-by-id',
    text: BY_IDS,
    values: [deviceIds],
  });
  return rows.map(credentialOf);
}

/** PostgreSQL channel on which a change of a device's credential is told, its id as the payload. */
export const CREDENTIAL_CHANNEL = 'device_credentials';

function credentialOf(row: CredentialRow): DeviceCredential {
  return {
    deviceId: Number(row.id),
    operatorId: Number(row.operator_id),
    kind: row.kind,
    ident: row.ident,
    secretHash: row.secret_hash,
    revoked: row.revoked,
  };
}
