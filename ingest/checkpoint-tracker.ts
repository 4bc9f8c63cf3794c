import type { Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { mergePositions } from '@wayleave/telematics/positions/merge.ts';
import { type StoredPosition, toStored } from '@wayleave/telematics/positions/stored-position.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Tenure } from './tenure.ts';
import type { WriteOutcome } from './write-batch.ts';

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
    for (const row of newest.values()) this.#advance(row);
    this.#latestMayRepeat ||= mayRepeat;
  }

  /** The batch added last is stored without a checkpoint; `newest` is of the rows that were taken. */
  stored({ merged, refusedRows }: WriteOutcome, newest: ReadonlyMap<number, StoredPosition>): void {
    // What was there already may be a device's latest too, which only the next checkpoint touches.
    this.#latestMayRepeat ||= merged;
    for (const { deviceId, position } of refusedRows) {
      if (this.#latest.get(deviceId)?.position.fixTimeMs === position.fixTimeMs)
        this.#latest.delete(deviceId);
      const taken = newest.get(deviceId);
      if (taken) this.#advance(taken);
    }
  }

  #advance(row: StoredPosition): void {
    const { deviceId, operatorId, position } = row;
    const known = this.#latest.get(deviceId);
    if (!known || position.fixTimeMs > known.position.fixTimeMs) {
      this.#latest.set(deviceId, row);
    } else if (position.fixTimeMs === known.position.fixTimeMs && row !== known) {
      const together = mergePositions(known.position, position);
      this.#latest.set(deviceId, toStored(deviceId, operatorId, together));
    }
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
