import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type PositionRow, positionColumns } from './position-row.ts';

/**
 * A device's positions with fix times in [from, to), oldest first. Plain values and no join: so the
 * planner sees which partitions it can leave out, and the conditions pass the view's security
 * barrier (their operators are leakproof) down to the index on (device_id, fix_time).
 */
export async function positionsOfDevice(
  connection: Connection,
  range: { deviceId: string; from: Date; to: Date; limit: number },
): Promise<PositionRow[]> {
  const { rows } = await connection.query<PositionRow>(
    `SELECT ${positionColumns('p')} FROM operator_positions p
     WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3
     ORDER BY p.fix_time LIMIT $4`,
    [range.deviceId, range.from, range.to, range.limit],
  );
  return rows;
}
