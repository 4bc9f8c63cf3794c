import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type PositionRow, positionColumns } from '../positions/position-row.ts';
import type { VehicleView } from './vehicle.ts';

interface VehicleColumns {
  id: string;
  label: string;
  kind: VehicleView['kind'];
  plate: string | null;
  created_at: Date;
  device_id: string | null;
  device_ident: string | null;
}
export type VehicleRow = VehicleColumns & (PositionRow | { [Column in keyof PositionRow]: null });

/**
 * A vehicle with its installed device and that device's newest position, in one query. A position
 * counts only if its fix lies within the installation: what the device did in another vehicle
 * before is not this one's.
 *
 * LATERAL with a LIMIT makes the running installation one index look-up per vehicle of the page:
 * under row security the planner underestimates the join and would read all installations instead.
 */
const VEHICLE_SQL = `
  SELECT v.id, v.label, v.kind, v.plate, v.created_at,
         d.id AS device_id, d.ident AS device_ident, ${positionColumns('l')}
  FROM vehicles v
  LEFT JOIN LATERAL (
    SELECT device_id, during FROM installations WHERE vehicle_id = v.id AND during @> now() LIMIT 1
  ) i ON true
  LEFT JOIN devices d ON d.id = i.device_id
  LEFT JOIN latest_positions l ON l.device_id = i.device_id AND i.during @> l.fix_time`;

/** In the order of the ids, from after `afterId`. */
export async function listVehicles(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<VehicleRow[]> {
  const { rows } = await connection.query<VehicleRow>(
    `${VEHICLE_SQL} WHERE v.id > $1 ORDER BY v.id LIMIT $2`,
    [afterId, limit],
  );
  return rows;
}

export async function findVehicle(connection: Connection, id: string): Promise<VehicleRow | undefined> {
  const { rows } = await connection.query<VehicleRow>(`${VEHICLE_SQL} WHERE v.id = $1`, [id]);
  return rows[0];
}

/** Violates `vehicles_plate_key` if the operator has the plate. */
export async function insertVehicle(
  connection: Connection,
  vehicle: { label: string; kind: string; plate: string | null },
): Promise<string> {
  const { rows } = await connection.query<{ id: string }>(
    `INSERT INTO vehicles (operator_id, label, kind, plate)
     VALUES (current_operator(), $1, $2, $3) RETURNING id`,
    [vehicle.label, vehicle.kind, vehicle.plate],
  );
  return rows[0]!.id;
}
