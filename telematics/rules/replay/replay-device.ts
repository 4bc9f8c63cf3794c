import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { EventChange } from '../../events/event.ts';
import { keptSince } from '../../positions/retention/service.ts';
import { newestInstants, positionsAfter } from '../../positions/track-store.ts';
import { requestSummaries } from '../../summaries/request-store.ts';
import { type DeviceVehicle, vehiclesOfDevices } from '../book/device-vehicles.ts';
import type { OperatorBook } from '../book/operator-book.ts';
import type { Span } from '../book/spans.ts';
import type { Engine } from '../engine.ts';
import {
  deleteKeyframes,
  type FoundKeyframe,
  keyframeBefore,
  keyframeFrom,
  keyframesWithin,
  putKeyframes,
} from '../keyframe-store.ts';
import { reconcile } from '../reconcile.ts';
import { applyReconciliation, standingFindings } from '../record.ts';
import {
  advanceReplay,
  type ClaimedReplay,
  claimReplay,
  finishReplay,
  lockReplay,
  unlockReplay,
} from './replay-store.ts';
import { RuleReplay } from './rule-replay.ts';

const POSITIONS_PER_ANSWER = 1_000;
/** In one transaction; what is left begins where it ends. */
const MAX_POSITIONS_PER_PART = 10_000;
/** Neither a device that changes all the time nor one with a year to go through keeps a job from the others; the queue tells of it again. */
const MAX_PARTS_PER_TURN = 5;

export interface ReplayParts {
  /** Of role `wayleave_jobs`. */
  pool: Pool;
  engine: Engine;
  bookOf: (operatorId: number) => Promise<OperatorBook>;
  now: () => number;
  /** Told after each commit. */
  onChanged: (changes: readonly EventChange[]) => void;
  signal: AbortSignal;
}

/** `done`: nothing is left to replay. `busy`: another job is at it. `more`: some is left. */
export type ReplayOutcome = 'done' | 'busy' | 'more';

/** Makes the stored findings of a device what its stored positions come to. */
export async function replayDevice(parts: ReplayParts, deviceId: number): Promise<ReplayOutcome> {
  const connection = await parts.pool.connect();
  let broken = true;
  // The next statement fails with it; unheard it would end the process, and everybody's jobs with it.
  const onLost = (): void => {};
  connection.on('error', onLost);
  try {
    if (!(await lockReplay(connection, deviceId))) {
      broken = false;
      return 'busy';
    }
    for (let partsLeft = MAX_PARTS_PER_TURN; partsLeft > 0 && !parts.signal.aborted; ) {
      const claimed = await claimReplay(connection, deviceId);
      const turn = claimed && (await replayClaimed(parts, connection, deviceId, claimed, partsLeft));
      partsLeft -= turn?.parts ?? 0;
      if (turn === null || turn.isFree) {
        await unlockReplay(connection, deviceId);
        broken = false;
        return 'done';
      }
    }
    await unlockReplay(connection, deviceId);
    broken = false;
    return 'more';
  } finally {
    // A connection whose transaction or lock is in doubt takes both along.
    connection.off('error', onLost);
    connection.release(broken);
  }
}

/** Part by part, each in a transaction of its own. @returns how many, and whether nothing is left to replay */
async function replayClaimed(
  parts: ReplayParts,
  connection: Connection,
  deviceId: number,
  claimed: ClaimedReplay,
  maxParts: number,
): Promise<{ parts: number; isFree: boolean }> {
  const book = await parts.bookOf(claimed.operatorId);
  const keptSinceMs = await keptSince(connection, claimed.operatorId, parts.now());
  let { fromMs } = claimed;
  for (let done = 0; ; ) {
    if (parts.signal.aborted || done === maxParts) return { parts: done, isFree: false };
    await connection.query('BEGIN');
    const part = await replayPart(parts, connection, book, deviceId, { ...claimed, fromMs, keptSinceMs });
    let isFree = false;
    if (part.nextMs === null) isFree = await finishReplay(connection, deviceId);
    else await advanceReplay(connection, deviceId, part.nextMs);
    await connection.query('COMMIT');
    parts.onChanged(part.changes);
    done += 1;
    if (part.nextMs === null) return { parts: done, isFree };
    fromMs = part.nextMs;
  }
}

interface Part {
  changes: readonly EventChange[];
  /** Where what is left begins; null if nothing is. */
  nextMs: number | null;
}

async function replayPart(
  { engine, now }: ReplayParts,
  connection: Connection,
  book: OperatorBook,
  deviceId: number,
  { operatorId, fromMs, untilMs, keptSinceMs }: ClaimedReplay & { keptSinceMs: number },
): Promise<Part> {
  const start = await startOf(connection, deviceId, fromMs, keptSinceMs);
  const vehicles = (await vehiclesOfDevices(connection, [deviceId])).get(deviceId)!;
  const replay = new RuleReplay(deviceId, { engine, book, vehicles }, start, untilMs);
  const afterMs = replay.atMs ?? Number.NEGATIVE_INFINITY;
  let isAtEnd = false;
  let firstMs: number | null = null;
  for (let read = 0; read < MAX_POSITIONS_PER_PART && !isAtEnd && !replay.isDone; ) {
    const sinceMs = replay.atMs ?? Number.NEGATIVE_INFINITY;
    const following = await positionsAfter(connection, new Map([[deviceId, sinceMs]]), POSITIONS_PER_ANSWER);
    const rows = following.get(deviceId) ?? [];
    isAtEnd = rows.length < POSITIONS_PER_ANSWER;
    if (rows.length === 0) break;
    firstMs ??= rows[0]!.position.fixTimeMs;
    const lastMs = rows.at(-1)!.position.fixTimeMs;
    replay.feed(rows, await keyframesWithin(connection, deviceId, sinceMs, lastMs));
    read += rows.length;
    await nextTurn();
  }
  const isOver = isAtEnd || replay.isDone;
  // What is converged stands on the keyframe that is there.
  if (!replay.isDone) replay.keep();
  // What follows the place where it converged stands, also when that was read already.
  const isWhole = isAtEnd && !replay.isDone;
  const window = {
    afterMs,
    untilMs: isWhole ? Number.POSITIVE_INFINITY : replay.atMs!,
    isConverged: replay.isDone,
    keptSinceMs,
  };
  const standing = await standingFindings(connection, deviceId, window);
  const difference = reconcile(standing, replay.told, window);
  // Rules that began anew know nothing of what was certain before: that they say nothing of it means nothing.
  if (!start?.state) difference.reopen = [];
  // Only a run from before it was certain tells what lasts as it was told then, without the figures of its false end.
  const lastsSinceMs = Math.min(...difference.reopen.map(({ finding }) => finding.confirmedMs));
  if (lastsSinceMs >= keptSinceMs && Number.isFinite(lastsSinceMs)) {
    const earlier = await startOf(connection, deviceId, lastsSinceMs, keptSinceMs);
    if (!earlier || earlier.fixTimeMs < lastsSinceMs) return { changes: [], nextMs: lastsSinceMs };
  }
  const newest = (await newestInstants(connection, [deviceId])).get(deviceId);
  const newestMs = Math.max(replay.atMs ?? afterMs, newest?.newestMs ?? afterMs);
  const changes = await applyReconciliation(
    connection,
    difference,
    { deviceId, operatorId, newestMs },
    now(),
  );
  if (firstMs !== null) {
    const passed = { fromMs: Math.max(fromMs, firstMs), toMs: replay.atMs! };
    await requestDays(connection, operatorId, vehicles, passed);
  }
  if (!replay.isDone) await deleteKeyframes(connection, deviceId, afterMs, window.untilMs);
  else await deleteKeyframes(connection, deviceId, afterMs, replay.atMs! - 1);
  await putKeyframes(connection, replay.keyframes);
  return { changes, nextMs: isOver ? null : replay.atMs! + 1 };
}

/**
 * Where a replay of what changed from an instant on begins: before that, but not before what is kept of
 * positions, as what was found of others would seem false.
 */
async function startOf(
  connection: Connection,
  deviceId: number,
  fromMs: number,
  keptSinceMs: number,
): Promise<FoundKeyframe | null> {
  const before = await keyframeBefore(connection, deviceId, fromMs);
  if ((before?.fixTimeMs ?? fromMs) >= keptSinceMs) return before;
  // Where there is none from before, nothing was deleted.
  if (!(await keyframeBefore(connection, deviceId, keptSinceMs))) return null;
  return (await keyframeFrom(connection, deviceId, keptSinceMs)) ?? before;
}

/** The days of what was replayed are summed up again, for the vehicles that the device was in. */
async function requestDays(
  connection: Connection,
  operatorId: number,
  vehicles: readonly DeviceVehicle[],
  { fromMs, toMs }: Span,
): Promise<void> {
  const concerned = vehicles.filter((one) => one.fromMs <= toMs && one.toMs > fromMs);
  const ids = [...new Set(concerned.map(({ vehicle }) => vehicle.id))];
  await requestSummaries(connection, operatorId, ids, fromMs, Math.max(fromMs, toMs));
}
