import type { Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
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
  #latest = new Map<number, LatestOfDevice>();
  #lastAtMs = 0;

  /** Adds a batch that is being stored. */
  add(marks: ReadonlyMap<Tenure, Mark>): void {
    for (const [tenure, mark] of marks) this.#marks.set(tenure, mark);
  }

  /** The batch added last is stored, without a checkpoint, and made this of its devices. */
  stored(latest: Iterable<LatestOfDevice>): void {
    for (const device of latest) this.#latest.set(device.deviceId, device);
  }

  /** The checkpoint to make with the batch being stored, if it is time; always when nothing follows. */
  due(nowMs: number, nothingFollows: boolean): Checkpoint | null {
    if (!nothingFollows && nowMs - this.#lastAtMs < CHECKPOINT_INTERVAL_MS) return null;
    const held = [...this.#marks].filter(([tenure]) => tenure.isHeld);
    return {
      reached: held.map(([{ lease }, mark]) => ({ ...lease, checkpoint: mark })),
      latest: this.#latest,
    };
  }

  made(nowMs: number): void {
    this.#lastAtMs = nowMs;
    this.#marks.clear();
    this.#latest.clear();
  }

  /** A shard went to another worker, which will say itself what is the latest of its devices. */
  forget(isMeant: (deviceId: number) => boolean): void {
    for (const deviceId of this.#latest.keys()) if (isMeant(deviceId)) this.#latest.delete(deviceId);
  }
}
