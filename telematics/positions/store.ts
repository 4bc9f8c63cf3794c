import { once } from 'node:events';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_COLUMNS, CopyEncoder } from './binary-copy.ts';
import type { StoredPosition } from './stored-position.ts';

/*
 * Writing positions, on connections under the role `wayleave_ingest` inside a transaction.
 * Reading them is history-store.ts.
 */

/** One for each connection: its buffer is in use until the server has taken the rows. */
const encoders = new WeakMap<Connection, CopyEncoder>();

const COPY_STRAIGHT = `COPY positions (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`;

/**
 * Adds rows none of which is there yet.
 * @throws SQLSTATE 23505 when one is; the transaction is lost then
 */
export async function copyPositions(connection: Connection, rows: readonly StoredPosition[]): Promise<void> {
  await copyIn(connection, COPY_STRAIGHT, rows);
}

const MAKE_INCOMING = `
  CREATE TEMPORARY TABLE IF NOT EXISTS incoming_positions (LIKE positions) ON COMMIT DELETE ROWS;
  CREATE TEMPORARY TABLE IF NOT EXISTS incoming_latest (LIKE positions) ON COMMIT DELETE ROWS`;

/** Makes the temporary tables that `mergePositionsIn` and `advanceLatest` go through; once a connection. */
export async function prepareConnection(connection: Connection): Promise<void> {
  await connection.query(MAKE_INCOMING);
}

const COPY_INCOMING = `COPY incoming_positions (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`;

const NUMBERS = 'odometer_m speed_kmh heading_deg altitude_m accuracy_m battery_v satellites ignition'.split(
  ' ',
);
const PLACE = ['lat', 'lon', 'h3'];

/**
 * For each column that a second message of the same instant may add to, what the stored row and
 * the new one say together; merge.ts does the same in memory. `greatest` passes over nulls, so
 * it is at once the union of the two and the choice between what they say differently.
 */
const merged = (added: string): [column: string, value: string][] => [
  ['received_at', `least(stored.received_at, ${added}.received_at)`],
  ...PLACE.map((column): [string, string] => [
    column,
    `CASE WHEN (${added}.lat, ${added}.lon) > (stored.lat, stored.lon) THEN ${added}.${column} ELSE stored.${column} END`,
  ]),
  ...NUMBERS.map((column): [string, string] => [column, `greatest(stored.${column}, ${added}.${column})`]),
  ['alarm', `merge_alarms(stored.alarm, ${added}.alarm)`],
  ['attributes', `merge_attributes(stored.attributes, ${added}.attributes)`],
];

/** `SET …` and the condition that it changes anything. */
function setMerged(added: string): { assignments: string; isChange: string } {
  const pairs = merged(added);
  const values = pairs.map(([, value]) => value).join(', ');
  return {
    assignments: `(${pairs.map(([column]) => column).join(', ')}) = ROW (${values})`,
    isChange: `ROW (${pairs.map(([column]) => `stored.${column}`).join(', ')}) IS DISTINCT FROM ROW (${values})`,
  };
}

const ON_EXCLUDED = setMerged('excluded');
const MERGE_INCOMING = `
  INSERT INTO positions AS stored (${COPY_COLUMNS})
  SELECT ${COPY_COLUMNS} FROM incoming_positions ORDER BY device_id, fix_time
  ON CONFLICT (device_id, fix_time) DO UPDATE SET ${ON_EXCLUDED.assignments} WHERE ${ON_EXCLUDED.isChange}`;

/**
 * Adds rows of which some may be there: those are merged, and a row that adds nothing is not
 * written. No two of `rows` may be of the same device and instant.
 */
export async function mergePositionsIn(
  connection: Connection,
  rows: readonly StoredPosition[],
): Promise<void> {
  await copyIn(connection, COPY_INCOMING, rows);
  await connection.query(MERGE_INCOMING);
}

const COPY_LATEST = `COPY incoming_latest (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`;

const ON_INCOMING = setMerged('incoming');
const MERGE_LATEST = `
  UPDATE latest_positions AS stored SET ${ON_INCOMING.assignments}
  FROM incoming_latest AS incoming
  WHERE incoming.device_id = stored.device_id AND incoming.fix_time = stored.fix_time AND ${ON_INCOMING.isChange}`;

const REPLACED_COLUMNS = COPY_COLUMNS.split(', ').filter((column) => column !== 'device_id');
const ADVANCE_LATEST = `
  INSERT INTO latest_positions AS stored (${COPY_COLUMNS})
  SELECT ${COPY_COLUMNS} FROM incoming_latest ORDER BY device_id
  ON CONFLICT (device_id) DO UPDATE
  SET (${REPLACED_COLUMNS.join(', ')}) = ROW (${REPLACED_COLUMNS.map((column) => `excluded.${column}`).join(', ')})
  WHERE excluded.fix_time > stored.fix_time`;

/**
 * Moves the latest position of each device forward in fix time, never back. No two of `rows`
 * may be of the same device. `mayRepeat` when one may be of an instant that is there already.
 */
export async function advanceLatest(
  connection: Connection,
  rows: readonly StoredPosition[],
  mayRepeat: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  await copyIn(connection, COPY_LATEST, rows);
  if (mayRepeat) await connection.query(MERGE_LATEST);
  await connection.query(ADVANCE_LATEST);
}

async function copyIn(
  connection: Connection,
  statement: string,
  rows: readonly StoredPosition[],
): Promise<void> {
  const encoder = encoders.getOrInsertComputed(connection, () => new CopyEncoder());
  const stream = connection.query(copyFrom(statement));
  const finished = once(stream, 'finish');
  stream.end(encoder.encode(rows));
  await finished;
}
