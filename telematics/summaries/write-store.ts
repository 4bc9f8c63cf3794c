import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { DailyFigures } from './summary.ts';

/*
 * What the job that sums up days reads and writes, on connections under the role `wayleave_jobs`.
 * Installations, latest positions and trips are other features' tables: which vehicles a day is due
 * for is asked of all of them in one statement, for a fleet at once.
 */

type Queryable = Connection | Pool;

/** A day of one operator; `from` and `to` are its first instant and the next day's. */
export interface OperatorDay {
  operatorId: string;
  name: string;
  from: Date;
  to: Date;
}

export async function operatorIds(db: Queryable): Promise<string[]> {
  return (await db.query<{ id: string }>('SELECT id FROM operators ORDER BY id')).rows.map(({ id }) => id);
}

const UNSUMMED = `
  SELECT DISTINCT i.vehicle_id FROM installations i JOIN latest_positions l ON l.device_id = i.device_id
  WHERE i.operator_id = $1 AND i.during && tstzrange($3, $4) AND l.newest_fix_time >= $3 AND i.vehicle_id > $5
    AND NOT EXISTS (SELECT FROM daily_summaries s WHERE s.vehicle_id = i.vehicle_id AND s.day = $2)
    AND EXISTS (
      SELECT FROM positions p WHERE p.device_id = i.device_id AND p.fix_time >= $3 AND p.fix_time < $4
        AND p.fix_time <@ i.during)
  ORDER BY i.vehicle_id LIMIT $6`;

/** Vehicles with positions on the day and without a summary of it, in the order of their ids from after `afterId` on. */
export async function unsummedVehicles(
  db: Queryable,
  { operatorId, name, from, to }: OperatorDay,
  afterId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ vehicle_id: string }>(UNSUMMED, [
    operatorId,
    name,
    from,
    to,
    afterId,
    limit,
  ]);
  return rows.map(({ vehicle_id }) => vehicle_id);
}

/** Days up to `lastDay` of which something is to be summed up, the newest first. */
export async function requestedDays(
  db: Queryable,
  operatorId: string,
  lastDay: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ day: string }>(
    `SELECT day::text FROM summary_requests WHERE operator_id = $1 AND day <= $2
     GROUP BY day ORDER BY day DESC LIMIT $3`,
    [operatorId, lastDay, limit],
  );
  return rows.map(({ day }) => day);
}

// One that waits is due when its devices have told of later than the day, and no trip of it is under way.
const TAKE = `
  DELETE FROM summary_requests WHERE (vehicle_id, day) IN (
    SELECT r.vehicle_id, r.day FROM summary_requests r
    WHERE r.operator_id = $1 AND r.day = $2 AND (
      r.requested_at < 'infinity'
      OR (EXISTS (
            SELECT FROM installations i JOIN latest_positions l ON l.device_id = i.device_id
            WHERE i.vehicle_id = r.vehicle_id AND i.during && tstzrange($3, $4) AND l.newest_fix_time >= $4)
          AND NOT EXISTS (
            SELECT FROM (
              SELECT kind, ended_at FROM trips t WHERE t.vehicle_id = r.vehicle_id AND t.started_at < $4
              ORDER BY t.started_at DESC LIMIT 1) AS last
            WHERE last.kind = 'trip' AND last.ended_at IS NULL)))
    ORDER BY r.vehicle_id LIMIT $5 FOR UPDATE OF r SKIP LOCKED)
  RETURNING vehicle_id`;

/** Takes vehicles of which the day is to be summed up again, for this transaction alone. */
export async function takeRequests(
  connection: Connection,
  { operatorId, name, from, to }: OperatorDay,
  limit: number,
): Promise<string[]> {
  const { rows } = await connection.query<{ vehicle_id: string }>(TAKE, [operatorId, name, from, to, limit]);
  return rows.map(({ vehicle_id }) => vehicle_id);
}

const WAIT = `
  INSERT INTO summary_requests (operator_id, vehicle_id, day, requested_at)
  SELECT $1, vehicle_id, $3, 'infinity' FROM unnest($2::bigint[]) AS waiting (vehicle_id) ORDER BY vehicle_id
  ON CONFLICT (vehicle_id, day) DO NOTHING`;

/** Has the day summed up again once it is complete (`DailyFigures.isComplete`). */
export async function awaitCompletion(
  connection: Connection,
  { operatorId, name }: OperatorDay,
  vehicleIds: readonly string[],
): Promise<void> {
  if (vehicleIds.length > 0) await connection.query(WAIT, [operatorId, vehicleIds, name]);
}

const GIVE_UP = `DELETE FROM summary_requests WHERE operator_id = $1 AND day < $2 AND requested_at = 'infinity'`;

/** Days before `day` are not waited for any more: what still comes of them asks for itself. */
export async function stopWaiting(db: Queryable, operatorId: string, day: string): Promise<number> {
  return (await db.query(GIVE_UP, [operatorId, day])).rowCount ?? 0;
}

export interface NewSummary {
  vehicleId: string;
  figures: DailyFigures;
  /** Stored although there is none yet; otherwise only what is known is brought up to date. */
  isFirst: boolean;
}

const PUT = `
  INSERT INTO daily_summaries (operator_id, vehicle_id, day, version, time_zone, figures)
  SELECT $1, n.vehicle_id, $2, coalesce(known.version, 0) + 1, $3, n.figures
  FROM unnest($4::bigint[], $5::jsonb[], $6::boolean[]) AS n (vehicle_id, figures, is_first)
  LEFT JOIN LATERAL (
    SELECT s.version, s.figures, s.time_zone FROM daily_summaries s
    WHERE s.vehicle_id = n.vehicle_id AND s.day = $2 ORDER BY s.version DESC LIMIT 1) AS known ON true
  WHERE CASE WHEN known.version IS NULL THEN n.is_first
             ELSE (known.figures, known.time_zone) IS DISTINCT FROM (n.figures, $3::text) END
  ORDER BY n.vehicle_id
  ON CONFLICT (vehicle_id, day, version) DO NOTHING`;

/** Stores figures that differ from the newest version, as the next. @returns how many did */
export async function putSummaries(
  connection: Connection,
  { operatorId, name }: OperatorDay,
  timeZone: string,
  summaries: readonly NewSummary[],
): Promise<number> {
  if (summaries.length === 0) return 0;
  const { rowCount } = await connection.query(PUT, [
    operatorId,
    name,
    timeZone,
    summaries.map(({ vehicleId }) => vehicleId),
    summaries.map(({ figures }) => JSON.stringify(figures)),
    summaries.map(({ isFirst }) => isFirst),
  ]);
  return rowCount ?? 0;
}
