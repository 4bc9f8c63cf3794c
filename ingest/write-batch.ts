import { type Connection, inTransaction, type Pool, sqlState } from '@wayleave/runtime/postgres.ts';
import { answerCommands } from '@wayleave/telematics/commands/answer-store.ts';
import type { EventChange } from '@wayleave/telematics/events/event.ts';
import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
import {
  copyPositions,
  prepareConnection,
  putLatest,
  putPositions,
  reviseVerdicts,
} from '@wayleave/telematics/positions/store.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import { type QuarantinedMessage, quarantine } from '@wayleave/telematics/quarantine/write-store.ts';
import type { OperatorBook } from '@wayleave/telematics/rules/book/operator-book.ts';
import type { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import type { Engine } from '@wayleave/telematics/rules/engine.ts';
import { putKeyframes } from '@wayleave/telematics/rules/keyframe-store.ts';
import { recordTold } from '@wayleave/telematics/rules/record.ts';
import { requestReplays } from '@wayleave/telematics/rules/replay/replay-store.ts';
import { type Batch, without } from './batch.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type KnownDevices, latestOf } from './known-devices.ts';
import { type Plan, planBatch } from './plan.ts';
import { checkpoint, confirmHeld, type ShardLease } from './store.ts';

const UNIQUE_VIOLATION = '23505';
/** What the statement timeout raises. */
const QUERY_CANCELED = '57014';
/** More than so many in one batch, and something greater is wrong. */
const MAX_COLLIDED_DEVICES = 16;
/** After rows turned out to be there already, how long batches ask first. */
const CAREFUL_FOR_MS = 1_000;

export interface WriteOutcome {
  /** Positions that were in order, that were placed among stored ones, and stored verdicts that changed. */
  added: number;
  put: number;
  revised: number;
  /** What the batch made of its devices. */
  latest: LatestOfDevice[];
  /** The latest good positions of the devices that have another one now. */
  moved: StoredPosition[];
  /** What became of events. */
  events: EventChange[];
  /** Devices that were left to the job that runs rules again. */
  replays: number;
  /** Those of them whose rules failed. */
  failed: Plan['failed'];
}

export type WriteBatch = (
  batch: Batch,
  held: readonly ShardLease[],
  point: Checkpoint | null,
) => Promise<WriteOutcome>;

export interface BatchWriterParts {
  pool: Pool;
  known: KnownDevices;
  engine: Engine;
  books: RuleBooks;
}

/** A plan whose transaction has committed. */
interface Written extends Plan {
  events: EventChange[];
}

/** Stores batches, each judged and written in one transaction. One at a time: a batch is judged by the last one. */
export function createBatchWriter({ pool, known, engine, books }: BatchWriterParts): WriteBatch {
  const prepared = new WeakSet<Connection>();
  let carefulUntilMs = 0;

  const attempt = async (
    batch: Batch,
    held: readonly ShardLease[],
    point: Checkpoint | null,
    isCareful: (deviceId: number) => boolean,
    areRulesLeft: boolean,
  ): Promise<Written> => {
    let used: Connection | undefined;
    const asOf = known.begin();
    const bookOf = await readBooks(books, batch);
    const plan = await inTransaction(pool, async (connection) => {
      used = connection;
      if (!prepared.has(connection)) await prepareConnection(connection);
      if (!point) await confirmHeld(connection, held);
      const parts = { known, engine, bookOf, areRulesLeft };
      const planned = await planBatch(connection, batch, parts, isCareful);
      await copyPositions(connection, planned.added);
      await putPositions(connection, planned.put);
      await reviseVerdicts(connection, planned.revised);
      await quarantine(connection, batch.quarantined);
      await putKeyframes(connection, planned.keyframes);
      await requestReplays(connection, planned.replays);
      const events = await recordTold(connection, planned.told, Date.now());
      await answerCommands(connection, batch.answers);
      if (point) {
        const latest = new Map(point.latest);
        for (const device of planned.devices) latest.set(device.deviceId, latestOf(device));
        await putLatest(connection, [...latest.values()]);
        await checkpoint(connection, point.reached);
      }
      return { ...planned, events };
    });
    // Only now: a transaction that rolls back takes the temporary tables with it, and what was judged in it.
    if (used) prepared.add(used);
    known.remember(plan.devices, asOf);
    return plan;
  };

  const write: WriteBatch = async (batch, held, point) => {
    const collided = new Set<number>();
    let refusal: unknown = null;
    for (;;) {
      const isAllCareful = performance.now() < carefulUntilMs;
      const isCareful = (deviceId: number): boolean => isAllCareful || collided.has(deviceId);
      try {
        const written = await attempt(batch, held, point, isCareful, refusal !== null);
        if (refusal !== null) written.failed.push({ deviceId: null, error: refusal });
        return outcomeOf(written);
      } catch (error) {
        const state = sqlState(error);
        if (state === UNIQUE_VIOLATION && !isAllCareful) {
          // Nearly always one device's: the others need not be asked for because of it.
          const deviceId = collidedDevice(error);
          const isKnownToCollide = deviceId === null || collided.has(deviceId);
          if (isKnownToCollide || collided.size >= MAX_COLLIDED_DEVICES)
            carefulUntilMs = performance.now() + CAREFUL_FOR_MS;
          else collided.add(deviceId);
        } else if (isAboutRows(error)) {
          const refused = await findRefused(pool, batch.rows);
          if (refused.length === 0 && refusal !== null) throw error;
          // The positions are not at fault, so it is what their rules told: storing must not wait for that.
          if (refused.length === 0) refusal = error;
          batch.rows = without(batch.rows, refused);
          batch.refused.push(...refused);
          batch.quarantined.push(...refused.map(refusedByDatabase));
        } else if (state === QUERY_CANCELED && batch.rows.length > 1) {
          return await inHalves(batch, held, point);
        } else {
          throw error;
        }
      }
    }
  };

  /** What takes the database too long as a whole may still be stored bit by bit; the marks go with the last. */
  const inHalves: WriteBatch = async (batch, held, point) => {
    const rows = batch.rows.slice(0, Math.ceil(batch.rows.length / 2));
    const first = await write({ ...batch, rows, refused: [], quarantined: [], answers: [] }, held, null);
    const before = new Map(point?.latest);
    for (const device of first.latest) before.set(device.deviceId, device);
    const rest = await write(
      { ...batch, rows: batch.rows.slice(rows.length) },
      held,
      point && { ...point, latest: before },
    );
    return {
      added: first.added + rest.added,
      put: first.put + rest.put,
      revised: first.revised + rest.revised,
      latest: [...first.latest, ...rest.latest],
      moved: [...first.moved, ...rest.moved],
      events: [...first.events, ...rest.events],
      replays: first.replays + rest.replays,
      failed: [...first.failed, ...rest.failed],
    };
  };

  return write;
}

function outcomeOf({ added, put, revised, devices, moved, events, replays, failed }: Written): WriteOutcome {
  return {
    added: added.length,
    put: put.length,
    revised: revised.length,
    latest: devices.map(latestOf),
    moved,
    events,
    replays: replays.length,
    failed,
  };
}

/** The books of the batch's operators: rules of a device never run by half of what holds. */
async function readBooks(
  books: RuleBooks,
  { rows, refused }: Batch,
): Promise<(operatorId: number) => OperatorBook> {
  const read = new Map<number, OperatorBook>();
  for (const { operatorId } of [...rows, ...refused])
    if (!read.has(operatorId)) read.set(operatorId, await books.ready(operatorId));
  return (operatorId) => read.get(operatorId)!;
}

/** The device that PostgreSQL names in `Key (device_id, fix_time)=(7, …) already exists.` */
function collidedDevice(error: unknown): number | null {
  const detail = (error as { detail?: string }).detail ?? '';
  const found = /\(device_id, fix_time\)=\((\d+), /.exec(detail);
  return found ? Number(found[1]) : null;
}

/** Data exceptions (class 22), violated constraints (23) and rows too large (54) are about what is written. */
function isAboutRows(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && state !== UNIQUE_VIOLATION && /^(22|23|54)/.test(state);
}

/** Ends the trial without a trace. */
class TrialOver extends Error {}

/**
 * The rows that PostgreSQL will not take: no check before the database is as strict as the database,
 * and one bad row must not hold up everyone's. Tried out in a transaction that is rolled back.
 */
async function findRefused(pool: Pool, rows: readonly StoredPosition[]): Promise<StoredPosition[]> {
  let refused: StoredPosition[] = [];
  try {
    await inTransaction(pool, async (connection) => {
      await prepareConnection(connection);
      refused = await halving(connection, rows);
      throw new TrialOver();
    });
  } catch (error) {
    if (!(error instanceof TrialOver)) throw error;
  }
  return refused;
}

/** Halves what fails until only the rows at fault are left. */
async function halving(connection: Connection, rows: readonly StoredPosition[]): Promise<StoredPosition[]> {
  await connection.query('SAVEPOINT some_rows');
  try {
    await putPositions(connection, rows);
    // Also what went well: the next trial would go through these rows again.
    await connection.query('ROLLBACK TO SAVEPOINT some_rows; RELEASE SAVEPOINT some_rows');
    return [];
  } catch (error) {
    if (!isAboutRows(error)) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT some_rows; RELEASE SAVEPOINT some_rows');
    if (rows.length <= 1) return [...rows];
    const middle = Math.ceil(rows.length / 2);
    const left = await halving(connection, rows.slice(0, middle));
    return [...left, ...(await halving(connection, rows.slice(middle)))];
  }
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
