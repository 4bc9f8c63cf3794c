import { metresPerUnit } from './mercator.ts';

/**
 * The streets that the fleet has drawn: a ring of segments for the GPU, the oldest overwritten first.
 * A straight run of reports becomes one segment, so the ring holds minutes of a large fleet.
 */

/** ax, ay (high parts), ax, ay (low parts), dx, dy, startS, endS. */
export const FLOATS_PER_SEGMENT = 8;

interface Segment {
  ax: number;
  ay: number;
  bx: number;
  by: number;
  startS: number;
  endS: number;
}

interface Tail {
  index: number;
  /** How many segments had been written when this one was; tells whether the ring has overwritten it. */
  serial: number;
  segment: Segment;
}

export interface TrailBuffer {
  readonly floats: Float32Array;
  readonly capacity: number;
  /** How many segments there are to draw. */
  count(): number;
  /** Appends to `owner`'s trail; a segment that goes straight on from its last one extends that instead. */
  add(owner: string, segment: Segment): void;
  /** The range of indexes written since the last call, [start, end); when the ring wraps it spans both ends. */
  takeWritten(): [number, number] | null;
  /** Moves every time back by `seconds`, for when the clock's origin moves on. */
  shiftTime(seconds: number): void;
  clear(): void;
}

/** GNSS noise on a straight street stays within it. */
const STRAIGHT_WITHIN_M = 4;
const LONGEST_SEGMENT_S = 20;
const CONTINUOUS_WITHIN_S = 0.05;

export function createTrailBuffer(capacity: number): TrailBuffer {
  const floats = new Float32Array(capacity * FLOATS_PER_SEGMENT);
  const tails = new Map<string, Tail>();
  let written = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = -1;

  const write = (index: number, { ax, ay, bx, by, startS, endS }: Segment) => {
    const at = index * FLOATS_PER_SEGMENT;
    const highX = Math.fround(ax);
    const highY = Math.fround(ay);
    floats[at] = highX;
    floats[at + 1] = highY;
    floats[at + 2] = ax - highX;
    floats[at + 3] = ay - highY;
    floats[at + 4] = bx - ax;
    floats[at + 5] = by - ay;
    floats[at + 6] = startS;
    floats[at + 7] = endS;
    low = Math.min(low, index);
    high = Math.max(high, index);
  };

  return {
    floats,
    capacity,
    count: () => Math.min(written, capacity),
    add(owner, segment) {
      const tail = tails.get(owner);
      if (tail && written - tail.serial < capacity && continues(tail.segment, segment)) {
        tail.segment = { ...tail.segment, bx: segment.bx, by: segment.by, endS: segment.endS };
        write(tail.index, tail.segment);
        return;
      }
      const index = written % capacity;
      tails.set(owner, { index, serial: written, segment });
      written++;
      write(index, segment);
    },
    takeWritten() {
      if (high < 0) return null;
      const range: [number, number] = [low, high + 1];
      low = Number.POSITIVE_INFINITY;
      high = -1;
      return range;
    },
    shiftTime(seconds) {
      for (let at = 6; at < floats.length; at += FLOATS_PER_SEGMENT) {
        floats[at] = (floats[at] ?? 0) - seconds;
        floats[at + 1] = (floats[at + 1] ?? 0) - seconds;
      }
      for (const tail of tails.values()) {
        const { segment } = tail;
        tail.segment = { ...segment, startS: segment.startS - seconds, endS: segment.endS - seconds };
      }
      low = 0;
      high = Math.min(written, capacity) - 1;
    },
    clear() {
      written = 0;
      tails.clear();
    },
  };
}

function continues(last: Segment, next: Segment): boolean {
  if (Math.abs(next.startS - last.endS) > CONTINUOUS_WITHIN_S) return false;
  if (next.endS - last.startS > LONGEST_SEGMENT_S) return false;
  const chordX = next.bx - last.ax;
  const chordY = next.by - last.ay;
  const runX = last.bx - last.ax;
  const runY = last.by - last.ay;
  const chord = Math.hypot(chordX, chordY);
  const ahead = (runX * chordX + runY * chordY) / chord;
  // The joint must lie on the way and near it; turning back is no way on.
  if (!(ahead > 0 && ahead <= chord)) return false;
  return (Math.abs(runX * chordY - runY * chordX) / chord) * metresPerUnit(last.ay) < STRAIGHT_WITHIN_M;
}
