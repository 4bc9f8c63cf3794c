import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import { type Pool, sqlState } from '@wayleave/runtime/postgres.ts';
import {
  DEFAULT_RETENTION,
  firstKeptMs,
  fromTurn,
  type PositionRetention,
  rangesToSweep,
  type SweptRange,
  sharedRetention,
} from '@wayleave/telematics/positions/retention/retention.ts';
import {
  deleteDoomed,
  deleteSomeDoomed,
  devicesOfOperator,
  devicesWithDoomed,
  dropOldestPartition,
  keepPositionPolicies,
  partitionRanges,
  retentionOfOperators,
  sortOldestPartition,
} from './position-retention-store.ts';

const LOCK_NOT_AVAILABLE = '55P03';
/** How often a partition is tried in one run; the next run tries again. */
const MAX_LOCK_ATTEMPTS = 5;
const LOCK_RETRY_MS = 1_000;

/** Devices looked through in one statement. */
const MAX_DEVICES_PER_LOOK = 1_000;
/** Devices deleted of in one statement: with a partition of a day, what bounds its rows. */
const MAX_DEVICES_PER_DELETION = 10;
/** Rows deleted in one statement where no partition bounds them. */
const DELETE_LIMIT = 5_000;
export const SWEEP_EVERY_MS = 6 * 3_600_000;
/** The other tasks wait for this one; what it does not reach it reaches the next time. */
const MAX_SWEEP_MS = 600_000;

interface OperatorRetention extends PositionRetention {
  operatorId: string;
}

async function retentions(pool: Pool): Promise<OperatorRetention[]> {
  return (await retentionOfOperators(pool)).map((row) => ({
    operatorId: row.operator_id,
    keepDays: row.keep_days ?? DEFAULT_RETENTION.keepDays,
    compressAfterDays: row.compress_after_days ?? DEFAULT_RETENTION.compressAfterDays,
  }));
}

/**
 * Lets go of what no operator keeps, as a whole: with TimescaleDB by bringing its policies up to
 * date, natively by dropping daily partitions.
 * @returns policies changed and partitions dropped
 */
export async function keepSharedRetention(pool: Pool, log: Log, nowMs: number): Promise<number> {
  const shared = sharedRetention(await retentions(pool));
  const firstKept = firstKeptMs(nowMs, shared.keepDays);
  const changed = await keepPositionPolicies(pool, shared);
  return changed + (await eachPartition(log, 'dropped', () => dropOldestPartition(pool, firstKept)));
}

/**
 * Natively there is no columnstore: days that are as old as it would compress are sorted instead, so
 * that a vehicle's day lies on a few pages. With TimescaleDB there is nothing to do.
 * @returns partitions sorted
 */
export async function sortOldPartitions(pool: Pool, log: Log, nowMs: number): Promise<number> {
  const { compressAfterDays } = sharedRetention(await retentions(pool));
  const before = firstKeptMs(nowMs, compressAfterDays);
  return await eachPartition(log, 'sorted', () => sortOldestPartition(pool, before));
}

/** Works through partitions one by one until there is none left, or one stays in use. */
async function eachPartition(log: Log, done: string, next: () => Promise<boolean>): Promise<number> {
  let changed = 0;
  for (let attempt = 1; ; ) {
    try {
      if (!(await next())) return changed;
      changed += 1;
      attempt = 1;
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === MAX_LOCK_ATTEMPTS) {
        log.warn(`a partition of positions could not be ${done} for others that use it; later`);
        return changed;
      }
      attempt += 1;
      await sleep(LOCK_RETRY_MS);
    }
  }
}

/**
 * Deletes, row by row and a few at a time, the positions that an operator gave up and another
 * that shares their partitions still keeps, and those that lie in no partition of a day. Each run
 * begins with another operator, so that one with more to delete than a run can is in nobody's way.
 * @returns rows deleted
 */
export async function sweepPositions(
  pool: Pool,
  log: Log,
  nowMs: number,
  maxMs = MAX_SWEEP_MS,
): Promise<number> {
  const operators = await retentions(pool);
  const firstShared = firstKeptMs(nowMs, sharedRetention(operators).keepDays);
  const deadline = performance.now() + maxMs;
  let total = 0;
  for (const { operatorId, keepDays } of fromTurn(operators, Math.floor(nowMs / SWEEP_EVERY_MS))) {
    const firstKept = firstKeptMs(nowMs, keepDays);
    const ranges = rangesToSweep(await partitionRanges(pool, firstKept), { firstKept, firstShared });
    for (const range of ranges) {
      total += await sweepRange(pool, operatorId, range, firstKept, deadline);
      if (performance.now() < deadline) continue;
      log.warn({ operatorId, deleted: total }, 'not all old positions were deleted in time; the rest later');
      return total;
    }
  }
  return total;
}

async function sweepRange(
  pool: Pool,
  operatorId: string,
  range: SweptRange,
  firstKept: number,
  deadline: number,
): Promise<number> {
  const doomed = { operatorId, startMs: range.startMs, endMs: range.endMs, receivedBeforeMs: firstKept };
  let total = 0;
  let afterId = '0';
  for (;;) {
    const devices = await devicesOfOperator(pool, operatorId, afterId, MAX_DEVICES_PER_LOOK);
    for (;;) {
      const some = await devicesWithDoomed(pool, doomed, devices, MAX_DEVICES_PER_DELETION);
      if (some.length === 0) break;
      total += range.isBetween
        ? await deleteSomeDoomed(pool, doomed, some, DELETE_LIMIT)
        : await deleteDoomed(pool, doomed, some);
      if (performance.now() >= deadline) return total;
    }
    if (devices.length < MAX_DEVICES_PER_LOOK) return total;
    afterId = devices.at(-1)!;
  }
}
