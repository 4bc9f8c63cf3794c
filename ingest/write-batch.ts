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
import type { Batch } from './batch.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpoint } from './store.ts';

const UNIQUE_VIOLATION = '23505';
/** After rows turned out to be there already, how long batches go straight to merging. */
const MERGE_FOR_MS = 1_000;

export interface WriteOutcome {
  merged: boolean;
  refused: number;
}

/** Stores batches, each in one transaction. */
export function createBatchWriter(pool: Pool): {
  write(batch: Batch, point: Checkpoint | null): Promise<WriteOutcome>;
} {
  const prepared = new WeakSet<Connection>();
  let mergeUntilMs = 0;

  return {
    async write(batch, point) {
      const merging = batch.mayRepeat || performance.now() < mergeUntilMs;
      const attempt = async (storeRows: StoreRows): Promise<number> => {
        let used: Connection | undefined;
        const refusedCount = await inTransaction(pool, async (connection) => {
          used = connection;
          if (!prepared.has(connection)) await prepareConnection(connection);
          const refused = await storeRows(connection, batch.rows);
          await quarantine(connection, [...batch.quarantined, ...refused.map(refusedByDatabase)]);
          await addToOutbox(connection, batch.rows.flatMap(risksOf));
          if (point) {
            await advanceLatest(connection, withoutRefused(point.latest, refused), point.latestMayRepeat);
            await checkpoint(connection, point.reached);
          }
          return refused.length;
        });
        // Only now: a transaction that rolls back takes the temporary tables with it.
        if (used) prepared.add(used);
        return refusedCount;
      };
      try {
        return { merged: merging, refused: await attempt(merging ? storeMerging : storeStraight) };
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION && !merging) {
          mergeUntilMs = performance.now() + MERGE_FOR_MS;
          return { merged: true, refused: await attempt(storeMerging) };
        }
        if (isAboutRows(error)) return { merged: true, refused: await attempt(storeTolerantly) };
        throw error;
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
const storeTolerantly: StoreRows = async (connection, rows) => {
  await connection.query('SAVEPOINT some_rows');
  try {
    await mergePositionsIn(connection, rows);
    await connection.query('RELEASE SAVEPOINT some_rows');
    return [];
  } catch (error) {
    if (!isAboutRows(error)) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT some_rows; RELEASE SAVEPOINT some_rows');
    if (rows.length === 1) return [...rows];
    const middle = Math.ceil(rows.length / 2);
    const left = await storeTolerantly(connection, rows.slice(0, middle));
    return [...left, ...(await storeTolerantly(connection, rows.slice(middle)))];
  }
};

/** Data exceptions (class 22) and violated constraints (class 23) are about what is written. */
function isAboutRows(error: unknown): boolean {
  const state = sqlState(error);
  return (
    state !== undefined && state !== UNIQUE_VIOLATION && (state.startsWith('22') || state.startsWith('23'))
  );
}

function withoutRefused(
  latest: ReadonlyMap<number, StoredPosition>,
  refused: readonly StoredPosition[],
): StoredPosition[] {
  return refused.length === 0
    ? [...latest.values()]
    : [...latest.values()].filter((row) => !refused.includes(row));
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
