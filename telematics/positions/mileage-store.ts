import type { Connection } from '@wayleave/runtime/postgres.ts';
import { Doubt } from './quality/doubts.ts';
import { Remark } from './quality/remarks.ts';

export interface MileageRange {
  deviceId: string;
  from: Date;
  to: Date;
}

export interface DistanceRow {
  /** Of the good positions in the range, metres; null if none has one. */
  distance_m: number | null;
  positions: number;
  /** Of the first good position, if it has one. */
  first_distance_m: number | null;
}

/** What the good positions of a device within [from, to) add up to. */
export async function distanceOfDevice(connection: Connection, range: MileageRange): Promise<DistanceRow> {
  const { rows } = await connection.query<DistanceRow>(
    `SELECT sum(p.distance_m::float8) AS distance_m, count(*)::integer AS positions,
            (min(ARRAY[extract(epoch FROM p.fix_time)::float8, p.distance_m::float8]))[2] AS first_distance_m
     FROM operator_positions p
     WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3 AND p.doubts = 0`,
    [range.deviceId, range.from, range.to],
  );
  return rows[0]!;
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

/** Times that the device's clock did not give cannot be put into an order with others. */
const UNTRUSTED_TIME = Doubt.future | Doubt.clockUnset;
/** A reading that does not go on from the one before. */
export const ANOTHER_SCALE = Remark.odometerRegressed | Remark.odometerReplaced;

export interface OdometerRow {
  /** From reading to reading, metres; null if there is no such step. */
  steps_m: number | null;
  /** The first reading, metres, null if there is none, and the bits of its remarks. */
  first_m: number | null;
  first_remarks: number | null;
}

/**
 * What the odometer of a device ran within [from, to): the steps forward between readings one after
 * the other in fix time, without those onto another scale.
 */
export async function odometerOfDevice(connection: Connection, range: MileageRange): Promise<OdometerRow> {
  const { rows } = await connection.query<OdometerRow>(
    `SELECT sum(greatest(step_m, 0))
              FILTER (WHERE step_m IS NOT NULL AND remarks & ${ANOTHER_SCALE} = 0) AS steps_m,
            (min(ARRAY[at, odometer_m, remarks]))[2] AS first_m,
            (min(ARRAY[at, odometer_m, remarks]))[3] AS first_remarks
     FROM (
       SELECT extract(epoch FROM p.fix_time)::float8 AS at, p.odometer_m, p.remarks,
              p.odometer_m - lag(p.odometer_m) OVER (ORDER BY p.fix_time) AS step_m
       FROM operator_positions p
       WHERE p.device_id = $1 AND p.fix_time >= $2 AND p.fix_time < $3
         AND p.odometer_m IS NOT NULL AND p.doubts & ${UNTRUSTED_TIME} = 0
     ) AS steps`,
    [range.deviceId, range.from, range.to],
  );
  return rows[0]!;
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
