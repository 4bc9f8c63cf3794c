import type { Pool } from '@wayleave/runtime/postgres.ts';
import type { FixTimeRange, PositionRetention } from '@wayleave/telematics/positions/retention/retention.ts';

/** An operator with what it has set; null where it has set nothing. */
export interface OperatorRetentionRow {
  operator_id: string;
  keep_days: number | null;
  compress_after_days: number | null;
}

const OPERATORS = `
  SELECT o.id AS operator_id, r.keep_days, r.compress_after_days
  FROM operators o LEFT JOIN position_retention r ON r.operator_id = o.id ORDER BY o.id`;

export async function retentionOfOperators(pool: Pool): Promise<OperatorRetentionRow[]> {
  return (await pool.query<OperatorRetentionRow>(OPERATORS)).rows;
}

/** Brings TimescaleDB's policies to these days, where it is; how many it changed. */
export async function keepPositionPolicies(pool: Pool, shared: PositionRetention): Promise<number> {
  const { rows } = await pool.query<{ changed: number }>('SELECT keep_position_policies($1, $2) AS changed', [
    shared.compressAfterDays,
    shared.keepDays,
  ]);
  return rows[0]!.changed;
}

const DROP_PARTITION = 'SELECT drop_position_partition($1::date) IS NOT NULL AS dropped';

/**
 * Drops the oldest native partition that ends by the start of a UTC day; false if there is none.
 * @throws SQLSTATE 55P03 when others use the table all the time
 */
export async function dropOldestPartition(pool: Pool, firstKept: number): Promise<boolean> {
  const { rows } = await pool.query<{ dropped: boolean }>(DROP_PARTITION, [
    new Date(firstKept).toISOString().slice(0, 10),
  ]);
  return rows[0]!.dropped;
}

const SORT_PARTITION = 'SELECT sort_position_partition($1::date) IS NOT NULL AS sorted';

/**
 * Sorts the oldest daily partition before the day of `before` that is not sorted yet by device and
 * time; whether there was one.
 * @throws SQLSTATE 55P03 while others use it
 */
export async function sortOldestPartition(pool: Pool, before: number): Promise<boolean> {
  const { rows } = await pool.query<{ sorted: boolean }>(SORT_PARTITION, [
    new Date(before).toISOString().slice(0, 10),
  ]);
  return rows[0]!.sorted;
}

const RANGES = 'SELECT starts_at, ends_at FROM position_ranges($1)';

/** The times that have a partition or chunk of their own and begin before `beforeMs`. */
export async function partitionRanges(pool: Pool, beforeMs: number): Promise<FixTimeRange[]> {
  const { rows } = await pool.query<{ starts_at: Date; ends_at: Date }>(RANGES, [new Date(beforeMs)]);
  return rows.map(({ starts_at, ends_at }) => ({ startMs: starts_at.getTime(), endMs: ends_at.getTime() }));
}

const DEVICES = 'SELECT id FROM devices WHERE operator_id = $1 AND id > $2 ORDER BY id LIMIT $3';

/** Devices of an operator in the order of their ids, revoked ones too. */
export async function devicesOfOperator(
  pool: Pool,
  operatorId: string,
  afterId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(DEVICES, [operatorId, afterId, limit]);
  return rows.map(({ id }) => id);
}

/** Rows of an operator that are to go: by fix time, and only if they did not arrive just now. */
export interface Doomed extends FixTimeRange {
  operatorId: string;
  receivedBeforeMs: number;
}

// Of each device by itself, and the first row ends the search: one step down an index.
const DEVICES_WITH_DOOMED = `
  SELECT device FROM unnest($5::bigint[]) AS device
  CROSS JOIN LATERAL (
    SELECT FROM positions
    WHERE device_id = device AND operator_id = $1 AND fix_time >= $2 AND fix_time < $3 AND received_at < $4 LIMIT 1) AS one
  LIMIT $6`;

/** The first of the devices that have any such row. */
export async function devicesWithDoomed(
  pool: Pool,
  doomed: Doomed,
  deviceIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const { rows } = await pool.query<{ device: string }>(DEVICES_WITH_DOOMED, [
    ...valuesOf(doomed),
    deviceIds,
    limit,
  ]);
  return rows.map(({ device }) => device);
}

// The conditions stand on the table itself, so that TimescaleDB deletes whole segments unopened.
const DELETE_ALL = `
  DELETE FROM positions
  WHERE device_id = ANY($5::bigint[]) AND operator_id = $1 AND fix_time >= $2 AND fix_time < $3 AND received_at < $4`;

/** Deletes every such row of some devices in a range that bounds how many there are; how many. */
export async function deleteDoomed(
  pool: Pool,
  doomed: Doomed,
  deviceIds: readonly string[],
): Promise<number> {
  return (await pool.query(DELETE_ALL, [...valuesOf(doomed), deviceIds])).rowCount ?? 0;
}

const DELETE_SOME = `
  DELETE FROM positions p USING (
    SELECT device_id, fix_time FROM positions
    WHERE device_id = ANY($5::bigint[]) AND operator_id = $1 AND fix_time >= $2 AND fix_time < $3 AND received_at < $4
    LIMIT $6) AS doomed
  WHERE p.device_id = doomed.device_id AND p.fix_time = doomed.fix_time AND p.fix_time >= $2 AND p.fix_time < $3`;

/** Deletes up to `limit` such rows of some devices, where the range bounds nothing; how many. */
export async function deleteSomeDoomed(
  pool: Pool,
  doomed: Doomed,
  deviceIds: readonly string[],
  limit: number,
): Promise<number> {
  return (await pool.query(DELETE_SOME, [...valuesOf(doomed), deviceIds, limit])).rowCount ?? 0;
}

function valuesOf({ operatorId, startMs, endMs, receivedBeforeMs }: Doomed): unknown[] {
  const start = Number.isFinite(startMs) ? new Date(startMs) : '-infinity';
  return [operatorId, start, new Date(endMs), new Date(receivedBeforeMs)];
}
