import type { Pool } from '@wayleave/runtime/postgres.ts';

const MAKE_PARTITIONS = `
  SELECT make_position_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + $1::integer) AS made`;

/** Makes the partitions of positions from yesterday to `daysAhead`; how many were missing. */
export async function makePositionPartitions(pool: Pool, daysAhead: number): Promise<number> {
  const { rows } = await pool.query<{ made: number }>(MAKE_PARTITIONS, [daysAhead]);
  return rows[0]!.made;
}

const DELETE_IDEMPOTENCY_KEYS = `
  DELETE FROM idempotency_keys WHERE ctid IN (
    SELECT ctid FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1) LIMIT $2)`;

/** Forgets some of the answers older than `keepHours`; how many. */
export async function deleteIdempotencyKeys(pool: Pool, keepHours: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query(DELETE_IDEMPOTENCY_KEYS, [keepHours, limit]);
  return rowCount ?? 0;
}

const DELETE_QUARANTINED = `
  DELETE FROM quarantine WHERE id IN (
    SELECT id FROM quarantine WHERE received_at < now() - make_interval(days => $1) ORDER BY received_at LIMIT $2)`;

/** Deletes some of what was quarantined longer ago than `keepDays`; how many. */
export async function deleteQuarantined(pool: Pool, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query(DELETE_QUARANTINED, [keepDays, limit]);
  return rowCount ?? 0;
}
