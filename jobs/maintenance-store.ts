import type { Pool } from '@wayleave/runtime/postgres.ts';
import { sqlStatesFor, transitions } from '@wayleave/telematics/commands/transitions.ts';

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

const DEVICES_OVER_QUOTA = `
  SELECT device_id, (count(*) - $1)::integer AS excess FROM quarantine
  GROUP BY device_id HAVING count(*) > $1 ORDER BY excess DESC LIMIT $2`;

/** Devices of which more than `keepRows` messages are quarantined, the worst first. */
export async function devicesOverQuarantineQuota(
  pool: Pool,
  keepRows: number,
  limit: number,
): Promise<{ device_id: string; excess: number }[]> {
  const { rows } = await pool.query<{ device_id: string; excess: number }>(DEVICES_OVER_QUOTA, [
    keepRows,
    limit,
  ]);
  return rows;
}

const DELETE_OLDEST_OF_DEVICE = `
  DELETE FROM quarantine WHERE id IN (
    SELECT id FROM quarantine WHERE device_id = $1 ORDER BY id LIMIT $2)`;

/** Deletes the oldest quarantined messages of a device; how many. */
export async function deleteOldestQuarantined(pool: Pool, deviceId: string, limit: number): Promise<number> {
  const { rowCount } = await pool.query(DELETE_OLDEST_OF_DEVICE, [deviceId, limit]);
  return rowCount ?? 0;
}

const EXPIRE_COMMANDS = `
  UPDATE device_commands SET state = '${transitions.expire.to}' WHERE id IN (
    SELECT id FROM device_commands
    WHERE state IN (${sqlStatesFor('expire')}) AND expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`;

/** Closes some of the commands to trackers whose time is over; how many. */
export async function expireCommands(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query(EXPIRE_COMMANDS, [limit]);
  return rowCount ?? 0;
}

const DELETE_COMMANDS = `
  DELETE FROM device_commands WHERE id IN (
    SELECT id FROM device_commands WHERE created_at < now() - make_interval(days => $1) ORDER BY created_at LIMIT $2)`;

/** Deletes some of the commands to trackers made longer ago than `keepDays`; how many. */
export async function deleteCommands(pool: Pool, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query(DELETE_COMMANDS, [keepDays, limit]);
  return rowCount ?? 0;
}
