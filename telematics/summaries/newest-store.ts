import type { Connection } from '@wayleave/runtime/postgres.ts';

interface NewestRow {
  vehicle_id: string;
  newest: Date;
}

/**
 * The fix time of the newest position of each vehicle's devices of a day, epoch milliseconds: whether the
 * day may still grow. Installations and latest positions are other features' tables; which of them say
 * that a day is over is known here alone.
 */
export async function newestFixes(
  connection: Connection,
  vehicleIds: readonly string[],
  day: { fromMs: number; toMs: number },
): Promise<Map<string, number>> {
  const { rows } = await connection.query<NewestRow>(
    `SELECT i.vehicle_id, max(l.newest_fix_time) AS newest
     FROM installations i JOIN latest_positions l ON l.device_id = i.device_id
     WHERE i.vehicle_id = ANY($1::bigint[]) AND i.during && tstzrange($2, $3) AND l.newest_fix_time IS NOT NULL
     GROUP BY i.vehicle_id`,
    [vehicleIds, new Date(day.fromMs), new Date(day.toMs)],
  );
  return new Map(rows.map((row) => [row.vehicle_id, row.newest.getTime()]));
}
