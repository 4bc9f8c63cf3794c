import type { Connection } from '@wayleave/runtime/postgres.ts';

export interface InstallationRow {
  id: string;
  vehicle_id: string;
  device_id: string;
  starts_at: Date;
  /** Null while the installation lasts. */
  ends_at: Date | null;
}

const COLUMNS = 'id, vehicle_id, device_id, lower(during) AS starts_at, upper(during) AS ends_at';

/**
 * From `startsAt`, or from now, without an end. Violates an exclusion if either is taken then.
 * Whole milliseconds, like every fix time: a finer bound would be rounded on its way out of here.
 */
export async function insertInstallation(
  connection: Connection,
  installation: { vehicleId: string; deviceId: string; startsAt: Date | null },
): Promise<InstallationRow> {
  const { rows } = await connection.query<InstallationRow>(
    `INSERT INTO installations (operator_id, vehicle_id, device_id, during)
     VALUES (current_operator(), $1, $2, tstzrange(coalesce($3, date_trunc('milliseconds', now())), NULL, '[)'))
     RETURNING ${COLUMNS}`,
    [installation.vehicleId, installation.deviceId, installation.startsAt],
  );
  return rows[0]!;
}

/** The installations of a vehicle, newest first. */
export async function listInstallations(
  connection: Connection,
  vehicleId: string,
  limit: number,
): Promise<InstallationRow[]> {
  const { rows } = await connection.query<InstallationRow>(
    `SELECT ${COLUMNS} FROM installations WHERE vehicle_id = $1 ORDER BY lower(during) DESC LIMIT $2`,
    [vehicleId, limit],
  );
  return rows;
}

/** Those that share an instant with [from, to), oldest first. */
export async function installationsWithin(
  connection: Connection,
  vehicleId: string,
  from: Date,
  to: Date,
): Promise<InstallationRow[]> {
  const { rows } = await connection.query<InstallationRow>(
    `SELECT ${COLUMNS} FROM installations
     WHERE vehicle_id = $1 AND during && tstzrange($2, $3) ORDER BY lower(during)`,
    [vehicleId, from, to],
  );
  return rows;
}

/** Held until the transaction ends, so that two ends of one installation come one after the other. */
export async function lockInstallation(
  connection: Connection,
  id: string,
): Promise<(InstallationRow & { now: Date }) | undefined> {
  const { rows } = await connection.query<InstallationRow & { now: Date }>(
    `SELECT ${COLUMNS}, date_trunc('milliseconds', now()) AS now FROM installations WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0];
}

export async function endInstallation(
  connection: Connection,
  id: string,
  endsAt: Date,
): Promise<InstallationRow> {
  const { rows } = await connection.query<InstallationRow>(
    `UPDATE installations SET during = tstzrange(lower(during), $2, '[)') WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, endsAt],
  );
  return rows[0]!;
}
