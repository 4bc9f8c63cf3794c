import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { VehicleKind } from '../../vehicles/vehicle.ts';
import type { SpeedLimitView } from './speed-limit.ts';

/*
 * What an operator has set, on connections under the role `wayleave_app`. A limit never changes but
 * ends, and another begins at the same instant, so that late fixes are judged by what held then.
 */

export interface SpeedLimitRow {
  id: string;
  scope: SpeedLimitView['scope'];
  kind: VehicleKind | null;
  vehicle_id: string | null;
  lease: string | null;
  limit_kmh: number;
  valid_from: Date;
}

/** What a limit is for. */
export type SpeedLimitTarget = Pick<SpeedLimitRow, 'scope' | 'kind' | 'vehicle_id' | 'lease'>;

const COLUMNS = 'id, scope, kind, vehicle_id, lease, limit_kmh, valid_from';
const OF_TARGET =
  'scope = $1 AND kind IS NOT DISTINCT FROM $2 AND vehicle_id IS NOT DISTINCT FROM $3 AND lease IS NOT DISTINCT FROM $4';
const valuesOf = ({ scope, kind, vehicle_id, lease }: SpeedLimitTarget) => [scope, kind, vehicle_id, lease];

/** Those that hold or are about to, in the order in which they were set. */
export async function listLimits(connection: Connection, limit: number): Promise<SpeedLimitRow[]> {
  const { rows } = await connection.query<SpeedLimitRow>(
    `SELECT ${COLUMNS} FROM speed_limits WHERE valid_to = 'infinity' ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows;
}

export async function countLimits(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ limits: number }>(
    `SELECT count(*)::integer AS limits FROM speed_limits WHERE valid_to = 'infinity'`,
  );
  return rows[0]!.limits;
}

export async function findLimit(
  connection: Connection,
  target: SpeedLimitTarget,
): Promise<SpeedLimitRow | undefined> {
  const { rows } = await connection.query<SpeedLimitRow>(
    `SELECT ${COLUMNS} FROM speed_limits WHERE ${OF_TARGET} AND valid_to = 'infinity'`,
    valuesOf(target),
  );
  return rows[0];
}

/**
 * Ends the target's limit, if it has one, and begins another at the same instant; after a deletion
 * a moment ago not before the old one ended.
 */
export async function putLimit(
  connection: Connection,
  target: SpeedLimitTarget,
  limitKmh: number,
): Promise<SpeedLimitRow> {
  const { rows } = await connection.query<SpeedLimitRow>(
    `WITH ended AS (
       UPDATE speed_limits SET valid_to = greatest(rules_valid_from(), valid_from)
       WHERE ${OF_TARGET} AND valid_to = 'infinity' RETURNING valid_to
     )
     INSERT INTO speed_limits (operator_id, scope, kind, vehicle_id, lease, limit_kmh, valid_from)
     SELECT current_operator(), $1, $2, $3, $4, $5, coalesce(
       (SELECT valid_to FROM ended),
       greatest(rules_valid_from(),
         (SELECT max(valid_to) FROM speed_limits WHERE ${OF_TARGET} AND valid_to < 'infinity')))
     RETURNING ${COLUMNS}`,
    [...valuesOf(target), limitKmh],
  );
  return rows[0]!;
}

/** False if no such limit holds. */
export async function endLimit(connection: Connection, id: string): Promise<boolean> {
  const { rowCount } = await connection.query(
    `UPDATE speed_limits SET valid_to = greatest(rules_valid_from(), valid_from)
     WHERE id = $1 AND valid_to = 'infinity'`,
    [id],
  );
  return rowCount === 1;
}
