import { isDeepStrictEqual } from 'node:util';
import type { Position } from '../../positions/position.ts';
import type { StoredPosition } from '../../positions/stored-position.ts';
import type { DeviceVehicle } from '../book/device-vehicles.ts';
import type { OperatorBook } from '../book/operator-book.ts';
import { DeviceRun } from '../device-run.ts';
import { decodeState, type Engine, encodeState } from '../engine.ts';
import type { Finding } from '../finding.ts';
import { findingKey } from '../finding-key.ts';
import type { FoundKeyframe } from '../keyframe-store.ts';
import { reconcile, type StandingFinding, type ToldFinding } from '../reconcile.ts';
import { RuleReplay } from '../replay/rule-replay.ts';
import { isDated } from '../rule-fix.ts';
import { judgedRows } from './judged-fixes.ts';

interface Parts {
  engine: Engine;
  book: OperatorBook;
  vehicles: readonly DeviceVehicle[];
}

/**
 * What ingest and the job that replays make of the messages of one device, without a database: the live
 * path on fixes in order, replays where something changed that was passed, keyframes now and then.
 */
export class SimulatedDevice {
  #parts: Parts;
  #received: Position[] = [];
  #rows: StoredPosition[] = [];
  #keyframes = new Map<number, string>();
  #standing = new Map<string, StandingFinding>();
  #run: DeviceRun | null;
  #pending: { fromMs: number; untilMs: number } | null = null;
  /** How often something that had been told was taken back. */
  retracted = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#run = new DeviceRun(parts, parts.engine.initial);
  }

  get isReplayPending(): boolean {
    return this.#pending !== null;
  }

  /** What stands, in order of its beginnings. */
  get standing(): Finding[] {
    return [...this.#standing.values()]
      .map(({ finding }) => finding)
      .sort((a, b) => a.startMs - b.startMs || (findingKey(a) < findingKey(b) ? -1 : 1));
  }

  /** Takes a batch of messages; `keep` whether the state after it is kept. */
  receive(positions: readonly Position[], keep = false): void {
    const before = this.#rows;
    this.#received.push(...positions);
    this.#rows = judgedRows(this.#received, this.#parts.vehicles[0]?.vehicle.kind ?? null);
    const newestMs = before.findLast(isDated)?.position.fixTimeMs ?? Number.NEGATIVE_INFINITY;
    const known = new Map(before.map((row) => [row.position.fixTimeMs, row]));
    const changed = this.#rows
      .filter((row) => isDated(row) && row.position.fixTimeMs <= newestMs)
      .filter((row) => !isSameRow(known.get(row.position.fixTimeMs), row))
      .map(({ position }) => position.fixTimeMs);
    const inOrder = this.#rows.filter((row) => isDated(row) && row.position.fixTimeMs > newestMs);
    if (inOrder.length === 0 && changed.length === 0) return;
    if (changed.length > 0 || !this.#run) {
      const times = [...changed, ...inOrder.map(({ position }) => position.fixTimeMs)];
      this.#pending = {
        fromMs: Math.min(this.#pending?.fromMs ?? times[0]!, ...times),
        untilMs: Math.max(this.#pending?.untilMs ?? times[0]!, ...times),
      };
      this.#run = null;
      return;
    }
    for (const row of inOrder) this.#run.pass(row);
    this.#record(this.#run.told?.values() ?? []);
    this.#run.told = null;
    const lastMs = inOrder.at(-1)?.position.fixTimeMs;
    if (keep && lastMs !== undefined) this.#keyframes.set(lastMs, encodeState(this.#run.state));
  }

  /** The job that replays, if it was asked for, in answers of `portion` rows; then the worker takes the device up again. */
  replay(portion = 7): void {
    const { fromMs, untilMs } = this.#pending ?? {};
    if (fromMs === undefined || untilMs === undefined) return;
    // What lasts is told by a run from before it was certain.
    for (let sinceMs: number | null = fromMs; sinceMs !== null; )
      sinceMs = this.#replayFrom(sinceMs, untilMs, portion);
    this.#pending = null;
    this.restart();
  }

  /** @returns since when what only seemed to end was certain, with nothing done; null if all is */
  #replayFrom(fromMs: number, untilMs: number, portion: number): number | null {
    const times = [...this.#keyframes.keys()].filter((ms) => ms < fromMs);
    const start = times.length === 0 ? null : this.#keyframeAt(Math.max(...times));
    const replay = new RuleReplay(1, this.#parts, start, untilMs);
    const afterMs = replay.atMs ?? Number.NEGATIVE_INFINITY;
    const rows = this.#rows.filter(({ position }) => position.fixTimeMs > afterMs);
    for (let at = 0; at < rows.length && !replay.isDone; at += portion) {
      const some = rows.slice(at, at + portion);
      const [first, last] = [some[0]!.position.fixTimeMs, some.at(-1)!.position.fixTimeMs];
      const within = [...this.#keyframes.keys()].filter((ms) => ms >= first && ms <= last);
      replay.feed(
        some,
        within.map((ms) => this.#keyframeAt(ms)),
      );
    }
    if (!replay.isDone) replay.keep();
    const window = {
      afterMs,
      untilMs: replay.isDone ? replay.atMs! : Number.POSITIVE_INFINITY,
      isConverged: replay.isDone,
      keptSinceMs: Number.NEGATIVE_INFINITY,
    };
    const concerned = [...this.#standing.values()].filter(
      ({ finding, settledMs }) =>
        finding.confirmedMs <= window.untilMs &&
        (finding.confirmedMs > afterMs || finding.endMs === null || settledMs > afterMs),
    );
    const difference = reconcile(concerned, replay.told, window);
    if (difference.reopen.length > 0)
      return Math.min(...difference.reopen.map(({ finding }) => finding.confirmedMs));
    for (const { standing } of difference.retract) this.#standing.delete(standing.id);
    this.retracted += difference.retract.length;
    this.#record(difference.record);
    for (const ms of this.#keyframes.keys())
      if (ms > afterMs && (replay.isDone ? ms < replay.atMs! : true)) this.#keyframes.delete(ms);
    for (const { fixTimeMs, state } of replay.keyframes) this.#keyframes.set(fixTimeMs, encodeState(state));
    return null;
  }

  /** Another worker takes the device up: it knows what is stored, and nothing else. */
  restart(): void {
    if (this.#pending) return;
    const last = Math.max(...this.#keyframes.keys());
    const start = Number.isFinite(last) ? this.#keyframeAt(last) : null;
    this.#run = new DeviceRun(this.#parts, start?.state ?? this.#parts.engine.initial);
    for (const row of this.#rows) if (row.position.fixTimeMs > last) this.#run.pass(row);
    this.#record(this.#run.told?.values() ?? []);
    this.#run.told = null;
  }

  #keyframeAt(fixTimeMs: number): FoundKeyframe {
    return { fixTimeMs, state: decodeState(JSON.parse(this.#keyframes.get(fixTimeMs)!)) };
  }

  #record(told: Iterable<ToldFinding>): void {
    for (const { finding, settledMs, vehicleId } of told) {
      const id = findingKey(finding);
      const known = this.#standing.get(id);
      // What is stored is JSON.
      const stored = JSON.parse(JSON.stringify(finding)) as Finding;
      if (known && isDeepStrictEqual(known.finding, stored)) continue;
      this.#standing.set(id, { id, finding: stored, settledMs, vehicleId });
    }
  }
}

/** Apart from when it came, which changes nothing. */
function isSameRow(a: StoredPosition | undefined, b: StoredPosition): boolean {
  if (!a) return false;
  const { receivedAtMs: _a, ...one } = a.position;
  const { receivedAtMs: _b, ...other } = b.position;
  return isDeepStrictEqual(one, other) && isDeepStrictEqual(a.verdict, b.verdict);
}
