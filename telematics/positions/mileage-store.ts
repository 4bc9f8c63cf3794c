import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type PartRow, partsSql, UNTRUSTED_TIME } from './mileage-sql.ts';

export interface MileageRange {
  deviceId: string;
  from: Date;
  to: Date;
}

/** Parts that are an hour of the clock, or less at the ends of the range. */
const PARTS = partsSql(
  `SELECT 0 AS segment, date_bin('1 hour', p.fix_time, 'epoch') AS part, p.fix_time, p.doubts, p.remarks,
          p.distance_m, p.speed_kmh, p.ignition, p.odometer_m
   FROM operator_positions p
   WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3 AND p.doubts & ${UNTRUSTED_TIME} = 0`,
);

/** What the positions of a device within [from, to) add up to, hour by hour, in order. */
export async function partsOfDevice(connection: Connection, range: MileageRange): Promise<PartRow[]> {
  const { rows } = await connection.query<PartRow>(`${PARTS} ORDER BY part`, [
    range.deviceId,
    range.from,
    range.to,
  ]);
  return rows;
}

/** The fix time of a device's last good position within [from, to). */
export async function lastGoodFix(connection: Connection, range: MileageRange): Promise<Date | null> {
  const { rows } = await connection.query<{ fix_time: Date | null }>(
    `SELECT max(p.fix_time) AS fix_time FROM operator_positions p
     WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3 AND p.doubts = 0`,
    [range.deviceId, range.from, range.to],
  );
  return rows[0]?.fix_time ?? null;
}

/** The last reading of a device's odometer within [from, to), metres. */
export async function lastReading(connection: Connection, range: MileageRange): Promise<number | null> {
  const { rows } = await connection.query<{ odometer_m: number }>(
    `SELECT p.odometer_m FROM operator_positions p
     WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3
       AND p.odometer_m IS NOT NULL AND p.doubts & ${UNTRUSTED_TIME} = 0
     ORDER BY p.fix_time DESC LIMIT 1`,
    [range.deviceId, range.from, range.to],
  );
  return rows[0]?.odometer_m ?? null;
}
