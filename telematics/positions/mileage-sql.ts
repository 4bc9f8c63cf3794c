import { USUAL_GAP_S } from './mileage-parts.ts';
import { Doubt } from './quality/doubts.ts';
import { Remark } from './quality/remarks.ts';

/** Times that the device's clock did not give cannot be put into an order with others. */
export const UNTRUSTED_TIME = Doubt.future | Doubt.clockUnset;
/** A reading that does not go on from the one before. */
export const ANOTHER_SCALE = Remark.odometerRegressed | Remark.odometerReplaced;

/** Slower, and over a short leg, a fix is of a vehicle that stands. */
const DRIVING_KMH = 4;
/** A leg that long was driven, though the vehicle stands at its end. */
const DRIVEN_LEG_M = 100;
/** With the ignition on a tracker reports at least so often; over a longer gap nobody knows, seconds. */
const MAX_IDLE_GAP_S = 900;
// Spans are compared and added up as such: seconds as numbers take longer than all the rest.
const USUAL_GAP = `INTERVAL '${USUAL_GAP_S} seconds'`;
const MAX_IDLE_GAP = `INTERVAL '${MAX_IDLE_GAP_S} seconds'`;

/** A row of `partsSql`. */
export interface PartRow {
  segment: number;
  part: Date;
  positions: number;
  distance_m: number;
  driven_m: number;
  /** Steps forward on one scale; null without any. */
  steps_m: number | null;
  is_another_scale: boolean;
  unseen_s: number;
  /** Standing with the ignition on, seconds. */
  idle_s: number;
  max_speed_kmh: number | null;
  first_fix: Date | null;
  last_fix: Date | null;
  /** Of the first good position of the segment, its distance from the one before. */
  first_distance_m: number | null;
  first_driven_m: number | null;
  first_reading: Date | null;
  first_odometer_m: number | null;
  first_is_another_scale: boolean | null;
}

/**
 * What `positions`, a query over positions with the columns `segment`, `part` and those of the table,
 * adds up to for each segment and part of it. Steps and gaps are within a segment. Good fixes and
 * readings of the odometer are gone through apart: a window over both would have to look back past the
 * others for each row, which takes three times as long.
 */
export function partsSql(positions: string): string {
  return `
    WITH fixes AS (
      SELECT segment, part, count(*)::integer AS positions, coalesce(sum(distance_m), 0) AS distance_m,
             coalesce(sum(distance_m) FILTER (WHERE is_driven), 0) AS driven_m,
             sum(elapsed - ${USUAL_GAP}) FILTER (WHERE elapsed > ${USUAL_GAP}) AS unseen,
             sum(elapsed) FILTER (WHERE NOT is_driven AND ignition AND was_on AND elapsed <= ${MAX_IDLE_GAP}) AS idle,
             max(speed_kmh) AS max_speed_kmh, min(fix_time) AS first_fix, max(fix_time) AS last_fix,
             max(distance_m) FILTER (WHERE elapsed IS NULL) AS first_distance_m,
             max(distance_m) FILTER (WHERE elapsed IS NULL AND is_driven) AS first_driven_m
      FROM (
        SELECT segment, part, fix_time, distance_m::float8 AS distance_m, speed_kmh, ignition,
               speed_kmh IS NULL OR speed_kmh >= ${DRIVING_KMH} OR distance_m >= ${DRIVEN_LEG_M} AS is_driven,
               fix_time - lag(fix_time) OVER earlier AS elapsed,
               lag(ignition) OVER earlier AS was_on
        FROM (${positions}) AS told WHERE doubts = 0
        WINDOW earlier AS (PARTITION BY segment ORDER BY fix_time)
      ) AS good GROUP BY segment, part
    ), readings AS (
      SELECT segment, part,
             sum(greatest(odometer_m - before_m, 0)) FILTER (WHERE before_m IS NOT NULL AND NOT is_another_scale) AS steps_m,
             bool_or(is_another_scale) AS is_another_scale,
             min(fix_time) AS first_reading,
             max(odometer_m) FILTER (WHERE before_m IS NULL) AS first_odometer_m,
             bool_or(is_another_scale) FILTER (WHERE before_m IS NULL) AS first_is_another_scale
      FROM (
        SELECT segment, part, fix_time, odometer_m, remarks & ${ANOTHER_SCALE} <> 0 AS is_another_scale,
               lag(odometer_m) OVER (PARTITION BY segment ORDER BY fix_time) AS before_m
        FROM (${positions}) AS told WHERE odometer_m IS NOT NULL
      ) AS read GROUP BY segment, part
    )
    SELECT segment, part, coalesce(positions, 0) AS positions, coalesce(distance_m, 0) AS distance_m,
           coalesce(driven_m, 0) AS driven_m, steps_m, coalesce(is_another_scale, false) AS is_another_scale,
           coalesce(extract(epoch FROM unseen), 0)::float8 AS unseen_s, coalesce(extract(epoch FROM idle), 0)::float8 AS idle_s, max_speed_kmh, first_fix, last_fix,
           first_distance_m, first_driven_m, first_reading, first_odometer_m, first_is_another_scale
    FROM fixes FULL JOIN readings USING (segment, part)`;
}
