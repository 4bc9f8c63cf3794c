import type { Connection } from '@wayleave/runtime/postgres.ts';
import { judge, MAX_GAP_MS } from '@wayleave/telematics/positions/quality/judge.ts';
import { ownDoubts } from '@wayleave/telematics/positions/quality/plausibility.ts';
import {
  mergedRow,
  type RevisedPosition,
  TrackRepair,
} from '@wayleave/telematics/positions/quality/repair.ts';
import { MISDATED } from '@wayleave/telematics/positions/quality/verdict.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import { positionsAt, trackStarts } from '@wayleave/telematics/positions/track-store.ts';
import type { Batch } from './batch.ts';
import { followTracks, knowDevices, MAX_DEVICES_PER_QUESTION } from './know-devices.ts';
import type { KnownDevice, KnownDevices } from './known-devices.ts';

/** What a batch comes to once it is judged: what its transaction writes, and what is known after it. */
export interface Plan {
  /** Newer than everything stored of their devices. */
  added: StoredPosition[];
  /** New or in the place of stored ones. */
  put: StoredPosition[];
  revised: RevisedPosition[];
  devices: KnownDevice[];
  /** The latest good positions of the devices that have another one now. */
  moved: StoredPosition[];
  /** What raises alarms: the batch's rows, without the alarms that are stored already and so were told. */
  raising: StoredPosition[];
}

/** A device while the batch is judged. */
interface Work {
  before: KnownDevice;
  now: KnownDevice;
  /** The latest fix time of the batch so far. */
  lastMs: number;
  /** Its rows, if they are not in order or not all after what is stored. */
  disordered: StoredPosition[] | null;
}

/**
 * Judges the rows of a batch: in memory those that come in order, with the stored positions around
 * them those that do not. Runs inside the transaction that will write the plan.
 * @param isCareful of which devices rows may be stored that this worker does not know of: it asks for everything
 */
export async function planBatch(
  connection: Connection,
  batch: Batch,
  known: KnownDevices,
  isCareful: (deviceId: number) => boolean,
): Promise<Plan> {
  const works = await openWorks(connection, batch, known, isCareful);
  // A doubtful time says nothing of what is stored under it, and what is there may know the time.
  const isMisdated = ({ deviceId, position }: StoredPosition): boolean =>
    (ownDoubts(position, works.get(deviceId)!.before.thresholds) & MISDATED) !== 0;
  const asked = batch.rows.filter((row) => isCareful(row.deviceId) || isMisdated(row));
  const met: StoredPosition[] = [];
  const rows = asked.length > 0 ? await mergedWithStored(connection, batch.rows, asked, met) : batch.rows;
  const plan: Plan = { added: [], put: [], revised: [], devices: [], moved: [], raising: [] };
  const misdated = new Set<StoredPosition>();

  for (const row of rows) {
    const work = works.get(row.deviceId)!;
    const { fixTimeMs, receivedAtMs } = row.position;
    if (receivedAtMs > work.now.lastReceivedAtMs) work.now.lastReceivedAtMs = receivedAtMs;
    const doubts = ownDoubts(row.position, work.before.thresholds);
    if ((doubts & MISDATED) !== 0) {
      row.verdict = judge(work.now.track, row, doubts, work.before.thresholds).verdict;
      misdated.add(row);
    } else if (fixTimeMs <= work.lastMs) {
      work.disordered ??= [];
    } else {
      work.lastMs = fixTimeMs;
    }
  }

  for (const row of rows) {
    if (misdated.has(row)) continue;
    const work = works.get(row.deviceId)!;
    if (work.disordered) work.disordered.push(row);
    else addInOrder(row, work, plan);
  }
  await repair(
    connection,
    [...works.values()].filter(({ disordered }) => disordered !== null),
    plan,
    met,
  );
  plan.put.push(...misdated);
  plan.raising = withoutStoredAlarms(batch.raising, met);

  for (const { before, now } of works.values()) {
    plan.devices.push(now);
    if (now.track.good !== null && now.track.good !== before.track.good) plan.moved.push(now.track.good);
  }
  // What is in order for a device may still be stored, under a time that was in doubt.
  const isAdded = ({ deviceId }: StoredPosition): boolean => !isCareful(deviceId);
  plan.put.push(...plan.added.filter((row) => !isAdded(row)));
  plan.added = plan.added.filter(isAdded);
  plan.revised = lastWords(plan);
  return plan;
}

/** A stored row that was doubted and then proved right within one batch: what was said last counts. */
function lastWords({ put, revised }: Plan): RevisedPosition[] {
  if (revised.length === 0) return revised;
  const last = new Map(revised.map((row) => [`${row.deviceId}:${row.fixTimeMs}`, row]));
  // Rows that are written anyway take their verdict along.
  for (const row of put) last.delete(keyOf(row));
  return [...last.values()];
}

/** Judges a row that is later than everything before it. */
function addInOrder(row: StoredPosition, { before, now }: Work, plan: Plan): void {
  const { position } = row;
  const judged = judge(now.track, row, ownDoubts(position, before.thresholds), before.thresholds);
  row.verdict = judged.verdict;
  now.track = judged.track;
  now.newestFixTimeMs = position.fixTimeMs;
  for (const { fix, verdict } of judged.revisions) {
    fix.verdict = verdict;
    // What came with this batch is not stored yet, and takes its verdict along.
    const { fixTimeMs } = fix.position;
    if (fixTimeMs <= before.newestFixTimeMs)
      plan.revised.push({ deviceId: row.deviceId, fixTimeMs, verdict });
  }
  plan.added.push(row);
}

/** Places late rows among the stored ones of their devices, then the later ones after them. */
async function repair(
  connection: Connection,
  works: readonly Work[],
  plan: Plan,
  met: StoredPosition[],
): Promise<void> {
  const repairs = new Map<number, TrackRepair>();
  const later = new Map<Work, StoredPosition[]>();
  const questions = [];
  for (const work of works) {
    const rows = work.disordered!.sort((a, b) => a.position.fixTimeMs - b.position.fixTimeMs);
    const { deviceId, newestFixTimeMs } = work.before;
    const late = rows.filter(({ position }) => position.fixTimeMs <= newestFixTimeMs);
    later.set(work, rows.slice(late.length));
    if (late.length === 0) continue;
    const beforeMs = late[0]!.position.fixTimeMs;
    questions.push({ deviceId, beforeMs, sinceMs: beforeMs - MAX_GAP_MS, goodMs: null, late, work });
  }
  for (let at = 0; at < questions.length; at += MAX_DEVICES_PER_QUESTION) {
    const some = questions.slice(at, at + MAX_DEVICES_PER_QUESTION);
    const starts = await trackStarts(connection, some);
    for (const { deviceId, late, work } of some) {
      repairs.set(deviceId, new TrackRepair(starts.get(deviceId)!.track, late, work.before.thresholds));
    }
    await followTracks(connection, starts, (deviceId, rows) => {
      const tracked = repairs.get(deviceId)!;
      tracked.feed(rows);
      return !tracked.isDone;
    });
  }
  for (const work of works) {
    const repaired = repairs.get(work.before.deviceId)?.finish(work.before.track);
    if (repaired) {
      plan.put.push(...repaired.written);
      plan.revised.push(...repaired.revised);
      met.push(...repaired.met);
      work.now.track = repaired.track;
    }
    for (const row of later.get(work)!) addInOrder(row, work, plan);
  }
}

/** The rows, those of them that are asked for with what is stored of the same instants. */
async function mergedWithStored(
  connection: Connection,
  rows: readonly StoredPosition[],
  asked: readonly StoredPosition[],
  met: StoredPosition[],
): Promise<StoredPosition[]> {
  const found = await positionsAt(connection, asked);
  met.push(...found);
  const stored = new Map(found.map((row) => [keyOf(row), row]));
  return rows.map((row) => {
    const there = stored.get(keyOf(row));
    return there ? mergedRow(there, row) : row;
  });
}

/** What a position is known by. */
export const keyOf = ({ deviceId, position }: StoredPosition): string => `${deviceId}:${position.fixTimeMs}`;

/** A position that comes again, however late, must not raise its alarm again: what is stored was told with it. */
function withoutStoredAlarms(
  raising: readonly StoredPosition[],
  met: readonly StoredPosition[],
): StoredPosition[] {
  if (raising.length === 0 || met.length === 0) return [...raising];
  const told = new Map(met.map((row) => [keyOf(row), row.position.alarm?.split(',') ?? []]));
  return raising.map((row) => {
    const left = row.position.alarm!.split(',').filter((alarm) => !told.get(keyOf(row))?.includes(alarm));
    return { ...row, position: { ...row.position, alarm: left.length === 0 ? null : left.join(',') } };
  });
}

async function openWorks(
  connection: Connection,
  { rows, isReplay }: Batch,
  known: KnownDevices,
  isCareful: (deviceId: number) => boolean,
): Promise<Map<number, Work>> {
  const works = new Map<number, Work>();
  const missing = new Map<number, { deviceId: number; operatorId: number }>();
  let mayBeAhead = isReplay;
  for (const { deviceId, operatorId } of rows) {
    if (works.has(deviceId) || missing.has(deviceId)) continue;
    const mistrusted = isCareful(deviceId);
    mayBeAhead ||= mistrusted;
    const device = mistrusted ? undefined : known.get(deviceId);
    if (device) works.set(deviceId, workOf(device));
    else missing.set(deviceId, { deviceId, operatorId });
  }
  for (const device of await knowDevices(connection, [...missing.values()], mayBeAhead)) {
    works.set(device.deviceId, workOf(device));
  }
  return works;
}

function workOf(before: KnownDevice): Work {
  return { before, now: { ...before }, lastMs: before.newestFixTimeMs, disordered: null };
}
