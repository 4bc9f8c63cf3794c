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
import { undatedAlarms } from '@wayleave/telematics/rules/alarms/undated-alarms.ts';
import { type DeviceVehicle, vehiclesOfDevices } from '@wayleave/telematics/rules/book/device-vehicles.ts';
import type { OperatorBook } from '@wayleave/telematics/rules/book/operator-book.ts';
import type { Engine } from '@wayleave/telematics/rules/engine.ts';
import type { Batch } from './batch.ts';
import { followTracks, knowDevices, MAX_DEVICES_PER_QUESTION } from './know-devices.ts';
import { knowRules } from './know-rules.ts';
import type { KnownDevice, KnownDevices } from './known-devices.ts';
import { type RulesPlan, runRules } from './run-rules.ts';

/** What a batch comes to once it is judged and its rules have run: what its transaction writes, and what is known after it. */
export interface Plan extends RulesPlan {
  /** Newer than everything stored of their devices. */
  added: StoredPosition[];
  /** New or in the place of stored ones. */
  put: StoredPosition[];
  revised: RevisedPosition[];
  devices: KnownDevice[];
  /** The latest good positions of the devices that have another one now. */
  moved: StoredPosition[];
}

/** A device while the batch is judged. */
interface Work {
  before: KnownDevice;
  now: KnownDevice;
  /** The latest fix time of the batch so far. */
  lastMs: number;
  /** Its rows, if they are not in order or not all after what is stored. */
  disordered: StoredPosition[] | null;
  /** Those of its rows that are later than everything stored, in order. */
  inOrder: StoredPosition[];
  changed: { fromMs: number; untilMs: number } | null;
}

/** By what a batch is planned. */
export interface PlanParts {
  known: KnownDevices;
  engine: Engine;
  /** Of operators that have a row in the batch. */
  bookOf: (operatorId: number) => OperatorBook;
  /** All rules are left to the job: the database did not take what they told. */
  areRulesLeft: boolean;
}

/**
 * Judges the rows of a batch: in memory those that come in order, with the stored positions around
 * them those that do not. Runs inside the transaction that will write the plan.
 * @param isCareful of which devices rows may be stored that this worker does not know of: it asks for everything
 */
export async function planBatch(
  connection: Connection,
  batch: Batch,
  { known, engine, bookOf, areRulesLeft }: PlanParts,
  isCareful: (deviceId: number) => boolean,
): Promise<Plan> {
  const plan: Plan = {
    added: [],
    put: [],
    revised: [],
    devices: [],
    moved: [],
    told: [],
    keyframes: [],
    replays: [],
    failed: [],
  };
  const works = await openWorks(connection, batch, known, isCareful, async (missing) => {
    if (!areRulesLeft) await knowRules(connection, missing, engine, bookOf, plan);
  });
  if (areRulesLeft) for (const work of works.values()) work.before = { ...work.before, rules: null };
  // A doubtful time says nothing of what is stored under it, and what is there may know the time.
  const isMisdated = ({ deviceId, position }: StoredPosition): boolean =>
    (ownDoubts(position, works.get(deviceId)!.before.thresholds) & MISDATED) !== 0;
  const asked = batch.rows.filter((row) => isCareful(row.deviceId) || isMisdated(row));
  const rows = asked.length > 0 ? await mergedWithStored(connection, batch.rows, asked) : batch.rows;
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
  );
  noteChanges(plan, works);
  runRules(works.values(), engine, bookOf, plan);
  plan.put.push(...misdated);
  await tellUndated(connection, [...misdated, ...batch.refused], works, bookOf, plan);

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
function addInOrder(row: StoredPosition, { before, now, inOrder }: Work, plan: Plan): void {
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
  inOrder.push(row);
}

/** What of a device's stored positions is another now: its rules have passed it already. */
function noteChanges({ put, revised }: Plan, works: ReadonlyMap<number, Work>): void {
  const note = (deviceId: number, fixTimeMs: number): void => {
    const work = works.get(deviceId)!;
    work.changed = {
      fromMs: Math.min(work.changed?.fromMs ?? fixTimeMs, fixTimeMs),
      untilMs: Math.max(work.changed?.untilMs ?? fixTimeMs, fixTimeMs),
    };
  };
  for (const { deviceId, position } of put) note(deviceId, position.fixTimeMs);
  for (const { deviceId, fixTimeMs } of revised) note(deviceId, fixTimeMs);
}

/** Alarms without a place in the order of fixes, of which no rule will hear, are told one by one. */
async function tellUndated(
  connection: Connection,
  rows: readonly StoredPosition[],
  works: ReadonlyMap<number, Work>,
  bookOf: (operatorId: number) => OperatorBook,
  plan: Plan,
): Promise<void> {
  const alarming = rows.filter(({ position }) => position.alarm !== null);
  // Of devices whose rules a job has nothing is known, and of those without a row that was taken.
  const unknown = alarming.filter(({ deviceId }) => !works.get(deviceId)?.before.rules);
  const unknownIds = [...new Set(unknown.map(({ deviceId }) => deviceId))];
  const vehiclesOf =
    unknownIds.length > 0
      ? await vehiclesOfDevices(connection, unknownIds)
      : new Map<number, DeviceVehicle[]>();
  for (const row of alarming) {
    const { deviceId, operatorId, position } = row;
    const work = works.get(deviceId);
    const vehicles = work?.before.rules?.vehicles ?? vehiclesOf.get(deviceId)!;
    const held = bookOf(operatorId).contextAt(position.fixTimeMs, vehicles);
    const { vehicle, settings } = held.context;
    plan.told.push({
      deviceId,
      operatorId,
      newestMs: work?.now.newestFixTimeMs ?? position.fixTimeMs,
      told: undatedAlarms(row).map((finding) => ({
        finding,
        settledMs: position.fixTimeMs,
        vehicleId: vehicle?.id ?? null,
        settings,
      })),
    });
  }
}

/** Places late rows among the stored ones of their devices, then the later ones after them. */
async function repair(connection: Connection, works: readonly Work[], plan: Plan): Promise<void> {
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
): Promise<StoredPosition[]> {
  const found = await positionsAt(connection, asked);
  const stored = new Map(found.map((row) => [keyOf(row), row]));
  return rows.map((row) => {
    const there = stored.get(keyOf(row));
    return there ? mergedRow(there, row) : row;
  });
}

/** What a position is known by. */
export const keyOf = ({ deviceId, position }: StoredPosition): string => `${deviceId}:${position.fixTimeMs}`;

async function openWorks(
  connection: Connection,
  { rows, isReplay }: Batch,
  known: KnownDevices,
  isCareful: (deviceId: number) => boolean,
  knowMore: (devices: readonly KnownDevice[]) => Promise<void>,
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
  if (missing.size === 0) return works;
  const found = await knowDevices(connection, [...missing.values()], mayBeAhead);
  await knowMore(found);
  for (const device of found) works.set(device.deviceId, workOf(device));
  return works;
}

function workOf(before: KnownDevice): Work {
  return {
    before,
    now: { ...before },
    lastMs: before.newestFixTimeMs,
    disordered: null,
    inOrder: [],
    changed: null,
  };
}
