import { once } from 'node:events';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_COLUMNS, COPY_LATEST_COLUMNS, CopyEncoder, type LatestOfDevice } from './binary-copy.ts';
import type { RevisedPosition } from './quality/repair.ts';
import type { StoredPosition } from './stored-position.ts';

/*
 * Writing positions, on connections under the role `wayleave_ingest` inside a transaction.
 * Reading them to judge others is track-store.ts, reading them for people is history-store.ts.
 */

/** One for each connection: its buffer is in use until the server has taken the rows. */
const encoders = new WeakMap<Connection, CopyEncoder>();
const encoderOf = (connection: Connection): CopyEncoder =>
  encoders.getOrInsertComputed(connection, () => new CopyEncoder());

const COPY_STRAIGHT = `COPY positions (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`;

/**
 * Adds rows none of which is there yet.
 * @throws SQLSTATE 23505 when one is; the transaction is lost then
 */
export async function copyPositions(connection: Connection, rows: readonly StoredPosition[]): Promise<void> {
  if (rows.length === 0) return;
  await copyIn(connection, COPY_STRAIGHT, encoderOf(connection).encode(rows));
}

const MAKE_INCOMING = `
  CREATE TEMPORARY TABLE IF NOT EXISTS incoming_positions (LIKE positions) ON COMMIT DELETE ROWS;
  CREATE TEMPORARY TABLE IF NOT EXISTS incoming_latest (LIKE latest_positions) ON COMMIT DELETE ROWS`;

/** Makes the temporary tables that `putPositions` and `putLatest` go through; once a connection. */
export async function prepareConnection(connection: Connection): Promise<void> {
  await connection.query(MAKE_INCOMING);
}

const COPY_INCOMING = `COPY incoming_positions (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`;

/** `(column, …) = ROW (excluded.column, …)`. */
function fromExcluded(columns: string, key: readonly string[]): string {
  const others = columns.split(', ').filter((column) => !key.includes(column));
  return `(${others.join(', ')}) = ROW (${others.map((column) => `excluded.${column}`).join(', ')})`;
}

// In the order of the key, so that two transactions that write the same rows never wait for each other.
const PUT_INCOMING = `
  INSERT INTO positions AS stored (${COPY_COLUMNS})
  SELECT ${COPY_COLUMNS} FROM incoming_positions ORDER BY device_id, fix_time
  ON CONFLICT (device_id, fix_time) DO UPDATE SET ${fromExcluded(COPY_COLUMNS, ['device_id', 'fix_time'])}`;

/** Adds rows, or puts them in the place of the ones of the same device and instant. No two may be of the same. */
export async function putPositions(connection: Connection, rows: readonly StoredPosition[]): Promise<void> {
  if (rows.length === 0) return;
  await copyIn(connection, COPY_INCOMING, encoderOf(connection).encode(rows));
  await connection.query(PUT_INCOMING);
}

const REVISE = `
  UPDATE positions AS stored SET doubts = revised.doubts, remarks = revised.remarks, distance_m = revised.distance_m
  FROM unnest($1::bigint[], $2::timestamptz[], $3::smallint[], $4::smallint[], $5::real[])
    AS revised (device_id, fix_time, doubts, remarks, distance_m)
  WHERE stored.device_id = revised.device_id AND stored.fix_time = revised.fix_time
    AND stored.fix_time >= $6 AND stored.fix_time <= $7`;

/** Gives stored positions the verdicts that they have now. */
export async function reviseVerdicts(
  connection: Connection,
  revised: readonly RevisedPosition[],
): Promise<void> {
  if (revised.length === 0) return;
  const times = revised.map(({ fixTimeMs }) => fixTimeMs);
  await connection.query(REVISE, [
    revised.map(({ deviceId }) => deviceId),
    times.map((ms) => new Date(ms)),
    revised.map(({ verdict }) => verdict.doubts),
    revised.map(({ verdict }) => verdict.remarks),
    revised.map(({ verdict }) => verdict.distanceM),
    // Plain bounds, so that partitions of other days are left out when the query is planned.
    new Date(times.reduce((a, b) => Math.min(a, b))),
    new Date(times.reduce((a, b) => Math.max(a, b))),
  ]);
}

const COPY_LATEST = `COPY incoming_latest (${COPY_LATEST_COLUMNS}) FROM STDIN (FORMAT binary)`;
const PUT_LATEST = `
  INSERT INTO latest_positions AS stored (${COPY_LATEST_COLUMNS})
  SELECT ${COPY_LATEST_COLUMNS} FROM incoming_latest ORDER BY device_id
  ON CONFLICT (device_id) DO UPDATE SET ${fromExcluded(COPY_LATEST_COLUMNS, ['device_id', 'last_received_at'])},
    last_received_at = greatest(stored.last_received_at, excluded.last_received_at)`;

/** Sets what is the latest of each device, which may be earlier than what was. No two may be of the same device. */
export async function putLatest(connection: Connection, latest: readonly LatestOfDevice[]): Promise<void> {
  if (latest.length === 0) return;
  await copyIn(connection, COPY_LATEST, encoderOf(connection).encodeLatest(latest));
  await connection.query(PUT_LATEST);
}

async function copyIn(connection: Connection, statement: string, bytes: Buffer): Promise<void> {
  const stream = connection.query(copyFrom(statement));
  const finished = once(stream, 'finish');
  stream.end(bytes);
  await finished;
}
