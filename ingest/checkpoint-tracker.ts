import type { Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Tenure } from './tenure.ts';

/** While batches follow one another, this long may pass between two checkpoints; a crash replays no more. */
const CHECKPOINT_INTERVAL_MS = 250;

/**
 * Gathers what the next checkpoint makes final. Rows go in with every batch, but the latest
 * positions only with a checkpoint: under load that is one update a device and interval instead
 * of one a batch, and since the marks move with them a crash replays what they missed.
 */
export class CheckpointTracker {
  #marks = new Map<Tenure, Mark>();
  #latest = new Map<number, StoredPosition>();
  #latestMayRepeat = false;
  #lastAtMs = 0;

  /** Adds a batch that is being stored. */
  add(
    marks: ReadonlyMap<Tenure, Mark>,
    newest: ReadonlyMap<number, StoredPosition>,
    mayRepeat: boolean,
  ): void {
    for (const [tenure, mark] of marks) this.#marks.set(tenure, mark);
    for (const [deviceId, row] of newest) {
      const known = this.#latest.get(deviceId);
      if (!known || row.position.fixTimeMs >= known.position.fixTimeMs) this.#latest.set(deviceId, row);
    }
    this.#latestMayRepeat ||= mayRepeat;
  }

  /** The checkpoint to make with the batch being stored, if it is time; always when nothing follows. */
  due(nowMs: number, nothingFollows: boolean): Checkpoint | null {
    if (!nothingFollows && nowMs - this.#lastAtMs < CHECKPOINT_INTERVAL_MS) return null;
    const held = [...this.#marks].filter(([tenure]) => tenure.isHeld);
    return {
      reached: held.map(([{ lease }, mark]) => ({ ...lease, checkpoint: mark })),
      latest: this.#latest,
      latestMayRepeat: this.#latestMayRepeat,
    };
  }

  made(nowMs: number): void {
    this.#lastAtMs = nowMs;
    this.#marks.clear();
    this.#latest.clear();
    this.#latestMayRepeat = false;
  }
}
