import { mergePositions } from '../merge.ts';
import { type StoredPosition, toStored } from '../stored-position.ts';
import { Doubt } from './doubts.ts';
import { type Judged, judge, sameTrack, type Track } from './judge.ts';
import { ownDoubts } from './plausibility.ts';
import type { Thresholds } from './thresholds.ts';
import { CONTEXTUAL, sameVerdict, type Verdict } from './verdict.ts';

export type DeviceTrack = Track<StoredPosition>;

/** A stored position whose verdict is another now. */
export interface RevisedPosition {
  deviceId: number;
  fixTimeMs: number;
  verdict: Verdict;
}

/** What has to be written so that the stored positions are as if all had come in order. */
export interface Repair {
  /** New positions, and stored ones that a message added to, with their verdicts. */
  written: StoredPosition[];
  revised: RevisedPosition[];
  /** Stored rows, as they were, of instants that late ones tell of again. */
  met: StoredPosition[];
  /** The device's track at the end of its positions. */
  track: DeviceTrack;
}

/** What a stored row knows by itself, without what its neighbours said of it. */
export function lastingDoubts({ verdict }: StoredPosition): number {
  return verdict.doubts & ~CONTEXTUAL;
}

/**
 * Runs the stored positions of a device after a state of its track, with the late ones between
 * them, until both the track as it was and the track as it is now come to the same.
 */
export class TrackRepair {
  readonly deviceId: number;
  #before: DeviceTrack;
  #after: DeviceTrack;
  #late: readonly StoredPosition[];
  #at = 0;
  #thresholds: Thresholds;
  #written = new Map<number, StoredPosition>();
  /** Stored rows that were passed and in doubt, with the verdicts that they should have: only these may yet change. */
  #inDoubt = new Map<number, { row: StoredPosition; should: Verdict }>();
  #revised: RevisedPosition[] = [];
  #met: StoredPosition[] = [];
  #converged = false;

  /** `start`: the track before the first of `late`, which are in the order of their fix times. */
  constructor(start: DeviceTrack, late: readonly StoredPosition[], thresholds: Thresholds) {
    this.deviceId = late[0]!.deviceId;
    this.#before = start;
    this.#after = start;
    this.#late = late;
    this.#thresholds = thresholds;
  }

  get isDone(): boolean {
    return this.#converged;
  }

  /** Takes the next stored rows of the device, in the order of their fix times. */
  feed(stored: readonly StoredPosition[]): void {
    for (const row of stored) {
      if (this.#converged) return;
      this.#placeLateBefore(row.position.fixTimeMs);
      const late = this.#late[this.#at];
      if (late?.position.fixTimeMs === row.position.fixTimeMs) {
        this.#at += 1;
        this.#met.push(row);
        this.#pass(row, mergedRow(row, late));
      } else {
        this.#pass(row, row);
      }
      this.#converged = this.#at === this.#late.length && sameTrack(this.#before, this.#after);
    }
  }

  /**
   * There are no more stored rows, or none are needed.
   * @param known the track at the end of the device's positions before the late ones
   */
  finish(known: DeviceTrack): Repair {
    if (!this.#converged) this.#placeLateBefore(Number.POSITIVE_INFINITY);
    for (const { row, should } of this.#inDoubt.values()) this.#settle(row, should);
    return {
      written: [...this.#written.values()],
      revised: this.#revised.sort((a, b) => a.fixTimeMs - b.fixTimeMs),
      met: this.#met,
      track: this.#converged ? withRevisedGood(known, this.#revised) : this.#trackFrom(known),
    };
  }

  /** A good fix too old to be compared with anything was not read again, yet it is the latest as long as there is no other. */
  #trackFrom({ good, stillSince }: DeviceTrack): DeviceTrack {
    const wasBefore = good !== null && good.position.fixTimeMs < this.#late[0]!.position.fixTimeMs;
    return this.#after.good === null && wasBefore ? { ...this.#after, good, stillSince } : this.#after;
  }

  #settle(row: StoredPosition, verdict: Verdict): void {
    if (sameVerdict(row.verdict, verdict)) return;
    this.#revised.push({ deviceId: this.deviceId, fixTimeMs: row.position.fixTimeMs, verdict });
    // The track may stand at this row.
    row.verdict = verdict;
  }

  #placeLateBefore(fixTimeMs: number): void {
    for (;;) {
      const late = this.#late[this.#at];
      if (!late || late.position.fixTimeMs >= fixTimeMs) return;
      this.#at += 1;
      this.#write(late, this.#judgeAfter(late, ownDoubts(late.position, this.#thresholds)));
    }
  }

  #pass(stored: StoredPosition, now: StoredPosition): void {
    const was = judge(this.#before, stored, lastingDoubts(stored), this.#thresholds);
    this.#before = was.track;
    if (now === stored) {
      const should = this.#judgeAfter(stored, lastingDoubts(stored));
      const isSuspect = (should.doubts & Doubt.impossibleJump) !== 0;
      if (isSuspect) this.#inDoubt.set(stored.position.fixTimeMs, { row: stored, should });
      else this.#settle(stored, should);
    } else {
      this.#write(now, this.#judgeAfter(now, ownDoubts(now.position, this.#thresholds)));
    }
  }

  #judgeAfter(row: StoredPosition, doubts: number): Verdict {
    const judged: Judged<StoredPosition> = judge(this.#after, row, doubts, this.#thresholds);
    this.#after = judged.track;
    for (const { fix, verdict } of judged.revisions) {
      const { fixTimeMs } = fix.position;
      const written = this.#written.get(fixTimeMs);
      if (written) written.verdict = verdict;
      else this.#inDoubt.get(fixTimeMs)!.should = verdict;
    }
    return judged.verdict;
  }

  #write(row: StoredPosition, verdict: Verdict): void {
    row.verdict = verdict;
    this.#written.set(row.position.fixTimeMs, row);
  }
}

/** Late fixes may have left the track as it was, yet the last good fix at another distance from the one before. */
function withRevisedGood(track: DeviceTrack, revised: readonly RevisedPosition[]): DeviceTrack {
  const { good } = track;
  const revision = good && revised.find(({ fixTimeMs }) => fixTimeMs === good.position.fixTimeMs);
  return good && revision ? { ...track, good: { ...good, verdict: revision.verdict } } : track;
}

/** The stored row with what a message of the same instant adds; the row itself if that is nothing. */
export function mergedRow(stored: StoredPosition, late: StoredPosition): StoredPosition {
  const position = mergePositions(stored.position, late.position);
  return position === stored.position ? stored : toStored(stored.deviceId, stored.operatorId, position);
}
