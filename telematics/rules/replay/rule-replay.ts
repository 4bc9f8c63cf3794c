import { isDeepStrictEqual } from 'node:util';
import type { StoredPosition } from '../../positions/stored-position.ts';
import { DeviceRun, type RunParts } from '../device-run.ts';
import { type EngineState, encodeState } from '../engine.ts';
import { isKeyframeDue, type SinceKeyframe } from '../keyframe.ts';
import type { FoundKeyframe, Keyframe } from '../keyframe-store.ts';
import type { ToldFinding } from '../reconcile.ts';

const NOTHING_TOLD: ReadonlyMap<string, ToldFinding> = new Map();

/**
 * Runs the rules of a device over its stored positions again from a keyframe on, until nothing of what
 * changed lies ahead and its state is again that of a stored keyframe: what follows stands then.
 */
export class RuleReplay {
  readonly deviceId: number;
  #run: DeviceRun;
  #changedUntilMs: number;
  #since: SinceKeyframe;
  /** To be stored in the place of those that were. */
  readonly keyframes: Keyframe[] = [];
  /** Fix time of the last position that was passed, or of the keyframe at the start; null for neither. */
  atMs: number | null;
  isDone = false;

  /** `changedUntilMs`: the last instant at which what is stored changed. */
  constructor(deviceId: number, parts: RunParts, start: FoundKeyframe | null, changedUntilMs: number) {
    this.deviceId = deviceId;
    this.#run = new DeviceRun(parts, start?.state ?? parts.engine.initial);
    this.#changedUntilMs = changedUntilMs;
    this.#since = { keyframeMs: start?.fixTimeMs ?? null, fixes: 0 };
    this.atMs = start?.fixTimeMs ?? null;
  }

  get told(): ReadonlyMap<string, ToldFinding> {
    return this.#run.told ?? NOTHING_TOLD;
  }

  get state(): EngineState {
    return this.#run.state;
  }

  /** Takes the next stored positions, and the keyframes that are stored of the same time; both in order. */
  feed(rows: readonly StoredPosition[], stored: readonly FoundKeyframe[]): void {
    const states = new Map(stored.map(({ fixTimeMs, state }) => [fixTimeMs, state]));
    for (const row of rows) {
      const { fixTimeMs } = row.position;
      const passed = this.#run.passed;
      this.#run.pass(row);
      this.atMs = fixTimeMs;
      if (this.#run.passed === passed) continue;
      this.#since.fixes += 1;
      const was = states.get(fixTimeMs);
      if (was && fixTimeMs >= this.#changedUntilMs && isSameState(was, this.#run.state)) {
        this.isDone = true;
        return;
      }
      if (isKeyframeDue(this.#since, fixTimeMs)) this.keep();
    }
  }

  /** Keeps the state where the replay stands: a worker goes on from there. */
  keep(): void {
    if (this.atMs === null || this.atMs === this.#since.keyframeMs) return;
    this.keyframes.push({ deviceId: this.deviceId, fixTimeMs: this.atMs, state: this.#run.state });
    this.#since = { keyframeMs: this.atMs, fixes: 0 };
  }
}

function isSameState(stored: EngineState, now: EngineState): boolean {
  return isDeepStrictEqual(stored, JSON.parse(encodeState(now)));
}
