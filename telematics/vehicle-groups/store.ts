import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { VehicleKind } from '../vehicles/vehicle.ts';

/*
 * Groups and who is in them, on connections under the role `wayleave_app`. A membership is never
 * removed but ends, so that late fixes are judged by what held then.
 */

export interface VehicleGroupRow {
  id: string;
  name: string;
  vehicles: number;
  created_at: Date;
}

const GROUP_SQL = `
  SELECT g.id, g.name, m.vehicles, g.created_at
  FROM vehicle_groups g
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS vehicles FROM vehicle_group_members
    WHERE group_id = g.id AND valid_to = 'infinity'
  ) m`;

/** In the order of the ids, from after `afterId`. */
export async function listGroups(
  connection: Connection,
  afterId: string,
  limit: number,
): Promise<VehicleGroupRow[]> {
  const { rows } = await connection.query<VehicleGroupRow>(
    `${GROUP_SQL} WHERE g.deleted_at IS NULL AND g.id > $1 ORDER BY g.id LIMIT $2`,
    [afterId, limit],
  );
  return rows;
}

export async function findGroup(connection: Connection, id: string): Promise<VehicleGroupRow | undefined> {
  const { rows } = await connection.query<VehicleGroupRow>(
    `${GROUP_SQL} WHERE g.deleted_at IS NULL AND g.id = $1`,
    [id],
  );
  return rows[0];
}

export async function countGroups(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ groups: number }>(
    'SELECT count(*)::integer AS groups FROM vehicle_groups WHERE deleted_at IS NULL',
  );
  return rows[0]!.groups;
}

/** Violates `vehicle_groups_name` if the operator has a group of that name. */
export async function insertGroup(connection: Connection, name: string): Promise<string> {
  const { rows } = await connection.query<{ id: string }>(
    'INSERT INTO vehicle_groups (operator_id, name) VALUES (current_operator(), $1) RETURNING id',
    [name],
  );
  return rows[0]!.id;
}

/** False if there is no such group. Violates `vehicle_groups_name` if another one has the name. */
export async function renameGroup(connection: Connection, id: string, name: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    'UPDATE vehicle_groups SET name = $2 WHERE id = $1 AND deleted_at IS NULL',
    [id, name],
  );
  return rowCount === 1;
}

/** Until the transaction ends, nobody else changes the group or attaches anything to it. False if it is not there. */
export async function lockGroup(connection: Connection, id: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    'SELECT FROM vehicle_groups WHERE id = $1 AND deleted_at IS NULL FOR UPDATE',
    [id],
  );
  return rowCount === 1;
}

/** Until the transaction ends, nobody deletes the group. False if it is not there. */
export async function holdGroup(connection: Connection, id: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    'SELECT FROM vehicle_groups WHERE id = $1 AND deleted_at IS NULL FOR SHARE',
    [id],
  );
  return rowCount === 1;
}

/** Of a group that is locked; ends the membership of all. */
export async function deleteGroup(connection: Connection, id: string): Promise<void> {
  await connection.query(
    `UPDATE vehicle_group_members SET valid_to = greatest(rules_valid_from(), valid_from)
     WHERE group_id = $1 AND valid_to = 'infinity'`,
    [id],
  );
  await connection.query('UPDATE vehicle_groups SET deleted_at = now() WHERE id = $1', [id]);
}

export interface GroupMemberRow {
  id: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  valid_from: Date;
}

/** The vehicles of a group in the order of their ids, from after `afterId`. */
export async function listMembers(
  connection: Connection,
  groupId: string,
  afterId: string,
  limit: number,
): Promise<GroupMemberRow[]> {
  const { rows } = await connection.query<GroupMemberRow>(
    `SELECT v.id, v.label, v.kind, v.plate, m.valid_from
     FROM vehicle_group_members m JOIN vehicles v ON v.id = m.vehicle_id
     WHERE m.group_id = $1 AND m.valid_to = 'infinity' AND m.vehicle_id > $2 ORDER BY m.vehicle_id LIMIT $3`,
    [groupId, afterId, limit],
  );
  return rows;
}

/** In how many groups other than one a vehicle is. */
export async function countOtherGroups(
  connection: Connection,
  groupId: string,
  vehicleId: string,
): Promise<number> {
  const { rows } = await connection.query<{ groups: number }>(
    `SELECT count(*)::integer AS groups FROM vehicle_group_members
     WHERE vehicle_id = $2 AND group_id <> $1 AND valid_to = 'infinity'`,
    [groupId, vehicleId],
  );
  return rows[0]!.groups;
}

/** To a group that is locked; a vehicle that is in it stays as it is. Never before its last membership ended. */
export async function addMember(connection: Connection, groupId: string, vehicleId: string): Promise<void> {
  await connection.query(
    `INSERT INTO vehicle_group_members (operator_id, group_id, vehicle_id, valid_from)
     SELECT current_operator(), $1, $2, greatest(rules_valid_from(),
       (SELECT max(valid_to) FROM vehicle_group_members
        WHERE group_id = $1 AND vehicle_id = $2 AND valid_to < 'infinity'))
     ON CONFLICT (group_id, vehicle_id) WHERE valid_to = 'infinity' DO NOTHING`,
    [groupId, vehicleId],
  );
}

/** From a group that is locked; a vehicle that is not in it changes nothing. */
export async function removeMember(
  connection: Connection,
  groupId: string,
  vehicleId: string,
): Promise<void> {
  await connection.query(
    `UPDATE vehicle_group_members SET valid_to = greatest(rules_valid_from(), valid_from)
     WHERE group_id = $1 AND vehicle_id = $2 AND valid_to = 'infinity'`,
    [groupId, vehicleId],
  );
}
