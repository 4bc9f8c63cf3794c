import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import { type Connection, inTransaction, type Pool, sqlState } from '@wayleave/runtime/postgres.ts';
import {
  advanceLatest,
  copyPositions,
  mergePositionsIn,
  prepareConnection,
} from '@wayleave/telematics/positions/store.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import { type QuarantinedMessage, quarantine } from '@wayleave/telematics/quarantine/write-store.ts';
import { risksOf } from '@wayleave/telematics/risk/risk-event.ts';
import { type Batch, newestByDevice, without } from './batch.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpoint } from './store.ts';

const UNIQUE_VIOLATION = '23505';
/** After rows turned out to be there already, how long batches go straight to merging. */
const MERGE_FOR_MS = 1_000;

export interface WriteOutcome {
  merged: boolean;
  /** Those of the batch's rows that PostgreSQL would not take; they are quarantined. */
  refusedRows: readonly StoredPosition[];
}

/** Stores batches, each in one transaction. */
export function createBatchWriter(pool: Pool): {
  write(batch: Batch, point: Checkpoint | null): Promise<WriteOutcome>;
} {
  const prepared = new WeakSet<Connection>();
  let mergeUntilMs = 0;

  const attempt = async (way: Way, batch: Batch, point: Checkpoint | null): Promise<WriteOutcome> => {
    let used: Connection | undefined;
    const merged = way !== STRAIGHT;
    const refusedRows = await inTransaction(pool, async (connection) => {
      used = connection;
      if (!prepared.has(connection)) await prepareConnection(connection);
      const refused = await way.storeRows(connection, batch.rows);
      await quarantine(connection, [...batch.quarantined, ...refused.map(refusedByDatabase)]);
      await addToOutbox(connection, batch.rows.flatMap(risksOf));
      if (point) {
        const latest = latestTaken(point.latest, batch.rows, refused);
        await way.advance(connection, latest, point.latestMayRepeat || merged);
        await checkpoint(connection, point.reached);
      }
      return refused;
    });
    // Only now: a transaction that rolls back takes the temporary tables with it.
    if (used) prepared.add(used);
    return { merged, refusedRows };
  };

  return {
    async write(batch, point) {
      let way = batch.mayRepeat || performance.now() < mergeUntilMs ? MERGING : STRAIGHT;
      for (;;) {
        try {
          return await attempt(way, batch, point);
        } catch (error) {
          if (sqlState(error) === UNIQUE_VIOLATION && way === STRAIGHT) {
            mergeUntilMs = performance.now() + MERGE_FOR_MS;
            way = MERGING;
          } else if (isAboutRows(error) && way !== TOLERANT) {
            way = TOLERANT;
          } else {
            throw error;
          }
        }
      }
    },
  };
}

/** Stores rows and tells which ones PostgreSQL would not take. */
type StoreRows = (connection: Connection, rows: readonly StoredPosition[]) => Promise<StoredPosition[]>;

const storeStraight: StoreRows = async (connection, rows) => {
  if (rows.length > 0) await copyPositions(connection, rows);
  return [];
};

const storeMerging: StoreRows = async (connection, rows) => {
  if (rows.length > 0) await mergePositionsIn(connection, rows);
  return [];
};

/**
 * Halves what fails until only the rows at fault are left out: no check before the database is
 * as strict as the database, and one bad row must not hold up everyone's.
 */
async function halving(
  connection: Connection,
  rows: readonly StoredPosition[],
  store: (rows: readonly StoredPosition[]) => Promise<void>,
): Promise<StoredPosition[]> {
  await connection.query('SAVEPOINT some_rows');
  try {
    await store(rows);
    await connection.query('RELEASE SAVEPOINT some_rows');
    return [];
  } catch (error) {
    if (!isAboutRows(error)) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT some_rows; RELEASE SAVEPOINT some_rows');
    if (rows.length <= 1) return [...rows];
    const middle = Math.ceil(rows.length / 2);
    const left = await halving(connection, rows.slice(0, middle), store);
    return [...left, ...(await halving(connection, rows.slice(middle), store))];
  }
}

/** How a transaction goes about its rows, and about the latest positions of its checkpoint. */
interface Way {
  storeRows: StoreRows;
  advance: (
    connection: Connection,
    latest: readonly StoredPosition[],
    mayRepeat: boolean,
  ) => Promise<unknown>;
}

const STRAIGHT: Way = { storeRows: storeStraight, advance: advanceLatest };
const MERGING: Way = { storeRows: storeMerging, advance: advanceLatest };
const TOLERANT: Way = {
  storeRows: (connection, rows) => halving(connection, rows, (some) => mergePositionsIn(connection, some)),
  // A latest position left out is in the history all the same.
  advance: (connection, latest, mayRepeat) =>
    halving(connection, latest, (some) => advanceLatest(connection, some, mayRepeat)),
};

/** Data exceptions (class 22), violated constraints (23) and rows too large (54) are about what is written. */
function isAboutRows(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && state !== UNIQUE_VIOLATION && /^(22|23|54)/.test(state);
}

/** The latest positions with the refused ones replaced by the newest of their devices that was taken. */
function latestTaken(
  latest: ReadonlyMap<number, StoredPosition>,
  rows: readonly StoredPosition[],
  refused: readonly StoredPosition[],
): StoredPosition[] {
  if (refused.length === 0) return [...latest.values()];
  const taken = new Map(latest);
  const newest = newestByDevice(without(rows, refused));
  for (const { deviceId, position } of refused) {
    // By its instant: it may have been merged with a row of another batch since.
    if (taken.get(deviceId)?.position.fixTimeMs !== position.fixTimeMs) continue;
    taken.delete(deviceId);
    const instead = newest.get(deviceId);
    if (instead) taken.set(deviceId, instead);
  }
  return [...taken.values()];
}

/** A refused row has left its message behind: its device and instant are its identity, its content the payload. */
function refusedByDatabase({ deviceId, operatorId, position }: StoredPosition): QuarantinedMessage {
  return {
    operatorId,
    deviceId,
    receivedAtMs: position.receivedAtMs,
    topic: '',
    reason: 'refused_by_database',
    detail: 'PostgreSQL did not take this position; the payload is what was to be stored',
    payload: Buffer.from(JSON.stringify(position)),
    logEntry: `position:${deviceId}:${position.fixTimeMs}`,
    logRecord: 0,
    logItem: 0,
  };
}
