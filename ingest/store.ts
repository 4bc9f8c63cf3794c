import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';

/** A shard that a worker may consume, until its epoch is no longer the current one. */
export interface ShardLease {
  shard: number;
  epoch: string;
  /** Everything up to and with it is stored. */
  checkpoint: Mark;
}

const ADD_SHARDS = `
  INSERT INTO shard_leases (shard) SELECT generate_series(0, $1::integer - 1) ON CONFLICT DO NOTHING`;

/** Makes the rows of shards that no worker has seen yet. */
export async function addShards(pool: Pool, shardCount: number): Promise<void> {
  await pool.query(ADD_SHARDS, [shardCount]);
}

const HEARTBEAT = `
  INSERT INTO ingest_workers (worker, expires_at) VALUES ($1, now() + make_interval(secs => $2))
  ON CONFLICT (worker) DO UPDATE SET expires_at = excluded.expires_at`;
const FORGET_DEAD = 'DELETE FROM ingest_workers WHERE expires_at < now()';
const SHARE = `
  SELECT ceil((SELECT count(*) FROM shard_leases)::numeric / (SELECT count(*) FROM ingest_workers))::integer AS share`;

/** Says that this worker lives, and how many shards are its fair share among those that do. */
export async function heartbeat(pool: Pool, worker: string, leaseS: number): Promise<number> {
  await pool.query(HEARTBEAT, [worker, leaseS]);
  await pool.query(FORGET_DEAD);
  const { rows } = await pool.query<{ share: number }>(SHARE);
  return rows[0]!.share;
}

// Whoever locks several leases locks them in the order of their shards, so that none waits in a circle.
const RENEW = `
  WITH locked AS (
    SELECT shard FROM shard_leases AS lease
    JOIN unnest($2::integer[], $3::bigint[]) AS held (shard, epoch) USING (shard, epoch)
    WHERE lease.worker = $1 ORDER BY shard FOR NO KEY UPDATE OF lease)
  UPDATE shard_leases AS lease SET expires_at = now() + make_interval(secs => $4)
  FROM locked WHERE lease.shard = locked.shard
  RETURNING lease.shard`;

/** Extends the leases; those that come back are still this worker's. */
export async function renew(
  pool: Pool,
  worker: string,
  held: readonly ShardLease[],
  leaseS: number,
): Promise<Set<number>> {
  if (held.length === 0) return new Set();
  const { rows } = await pool.query<{ shard: number }>(RENEW, [
    worker,
    held.map(({ shard }) => shard),
    held.map(({ epoch }) => epoch),
    leaseS,
  ]);
  return new Set(rows.map(({ shard }) => shard));
}

const ACQUIRE = `
  UPDATE shard_leases SET worker = $1, epoch = epoch + 1, expires_at = now() + make_interval(secs => $3)
  WHERE shard IN (
    SELECT shard FROM shard_leases WHERE expires_at < now() ORDER BY shard LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING shard, epoch, checkpoint_mark AS checkpoint`;

/** Takes up to `limit` shards that nobody holds, each under a new epoch that shuts the last holder out. */
export async function acquire(
  pool: Pool,
  worker: string,
  limit: number,
  leaseS: number,
): Promise<ShardLease[]> {
  const { rows } = await pool.query<ShardLease>(ACQUIRE, [worker, limit, leaseS]);
  return rows;
}

const RELEASE = `
  UPDATE shard_leases AS lease SET worker = NULL, expires_at = '-infinity'
  FROM unnest($1::integer[], $2::bigint[]) AS held (shard, epoch)
  WHERE lease.shard = held.shard AND lease.epoch = held.epoch`;

/** Gives shards back, so that another worker need not wait for the leases to run out. */
export async function release(pool: Pool, leases: readonly ShardLease[]): Promise<void> {
  if (leases.length === 0) return;
  await pool.query(RELEASE, [leases.map(({ shard }) => shard), leases.map(({ epoch }) => epoch)]);
}

const RETIRE = 'DELETE FROM ingest_workers WHERE worker = $1';

export async function retire(pool: Pool, worker: string): Promise<void> {
  await pool.query(RETIRE, [worker]);
}

const CHECKPOINT = `
  WITH locked AS (
    SELECT shard, held.mark FROM shard_leases AS lease
    JOIN unnest($1::integer[], $2::bigint[], $3::text[]) AS held (shard, epoch, mark) USING (shard, epoch)
    ORDER BY shard FOR NO KEY UPDATE OF lease)
  UPDATE shard_leases AS lease SET checkpoint_mark = locked.mark
  FROM locked WHERE lease.shard = locked.shard`;

/** Another worker holds a shard under a newer epoch: what this one was about to write is not its to write. */
export class FencedError extends Error {
  override name = 'FencedError';
}

const CONFIRM = `
  SELECT lease.shard FROM shard_leases AS lease
  JOIN unnest($1::integer[], $2::bigint[]) AS held (shard, epoch) USING (shard, epoch)
  ORDER BY shard FOR SHARE OF lease`;

/**
 * Makes sure that the shards stay this worker's until the transaction ends: another can take them
 * only after it, so positions are judged by one worker at a time.
 * @throws {FencedError} when a lease is no longer this worker's; the transaction must roll back
 */
export async function confirmHeld(connection: Connection, held: readonly ShardLease[]): Promise<void> {
  if (held.length === 0) return;
  const { rowCount } = await connection.query({
    name: 'confirm-held',
    text: CONFIRM,
    values: [held.map(({ shard }) => shard), held.map(({ epoch }) => epoch)],
  });
  if (rowCount !== held.length)
    throw new FencedError(`only ${rowCount} of ${held.length} shards are still held`);
}

/**
 * Says, in the transaction that stores it, up to where each shard is stored.
 * @throws {FencedError} when a lease is no longer this worker's; the transaction must roll back
 */
export async function checkpoint(connection: Connection, reached: readonly ShardLease[]): Promise<void> {
  if (reached.length === 0) return;
  const { rowCount } = await connection.query({
    name: 'checkpoint',
    text: CHECKPOINT,
    values: [
      reached.map(({ shard }) => shard),
      reached.map(({ epoch }) => epoch),
      reached.map(({ checkpoint: mark }) => mark),
    ],
  });
  if (rowCount !== reached.length)
    throw new FencedError(`only ${rowCount} of ${reached.length} shards are still held`);
}
