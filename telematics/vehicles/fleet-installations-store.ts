import type { Connection } from '@wayleave/runtime/postgres.ts';

export interface FleetInstallationRow {
  vehicle_id: string;
  device_id: string;
  starts_at: Date;
  /** Null while it lasts. */
  ends_at: Date | null;
}

/** The installations of many vehicles that share an instant with [from, to), of each the oldest first. */
export async function installationsOfVehicles(
  connection: Connection,
  vehicleIds: readonly string[],
  from: Date,
  to: Date,
): Promise<FleetInstallationRow[]> {
  const { rows } = await connection.query<FleetInstallationRow>(
    `SELECT vehicle_id, device_id, lower(during) AS starts_at, upper(during) AS ends_at FROM installations
     WHERE vehicle_id = ANY($1::bigint[]) AND during && tstzrange($2, $3) ORDER BY vehicle_id, lower(during)`,
    [vehicleIds, from, to],
  );
  return rows;
}
