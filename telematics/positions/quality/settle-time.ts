import type { Position } from '../position.ts';
import { Doubt } from './doubts.ts';
import { Remark } from './remarks.ts';

const DAY_MS = 86_400_000;
/** A buffer older than this comes from a clock that was never set. */
const MAX_LATE_MS = 400 * DAY_MS;
/** Clocks run fast by minutes; by more than a day they are wrong. */
const MAX_EARLY_MS = DAY_MS;

/** GPS counts weeks in ten bits and starts again (IS-GPS-200, 20.3.3.3.1.1); receivers that miss it live 1,024 weeks ago. */
const ROLLOVER_MS = 1_024 * 7 * DAY_MS;
/** What comes after that correction must look like a fix of these days, or the clock was just never set. */
const MAX_LATE_AFTER_ROLLOVER_MS = 90 * DAY_MS;
const MAX_EARLY_AFTER_ROLLOVER_MS = 3_600_000;

/**
 * Gives a position a time that can be. Nearly always that is the device's own. A receiver that lost
 * 1,024 weeks gets them back, which is marked. A time that cannot be, more than 400 days before or a
 * day after it was received, says nothing: the position stands under the second of its receipt
 * instead, doubtful, with the device's time as attribute `reportedTime`. There it is found by who
 * looks at that day, and no fix of 1970 makes a partition, a trip of 50 years or a retention of none.
 */
export function settleTime(position: Position): Position {
  const { fixTimeMs, receivedAtMs } = position;
  if (fixTimeMs >= receivedAtMs - MAX_LATE_MS && fixTimeMs <= receivedAtMs + MAX_EARLY_MS) return position;
  for (const correctedMs of [fixTimeMs + ROLLOVER_MS, fixTimeMs + 2 * ROLLOVER_MS]) {
    const lateMs = receivedAtMs - correctedMs;
    if (lateMs <= MAX_LATE_AFTER_ROLLOVER_MS && lateMs >= -MAX_EARLY_AFTER_ROLLOVER_MS) {
      return {
        ...position,
        fixTimeMs: correctedMs,
        remarks: position.remarks | Remark.weekRolloverCorrected,
      };
    }
  }
  return {
    ...position,
    fixTimeMs: slotOf(fixTimeMs, receivedAtMs),
    attributes: { ...position.attributes, reportedTime: new Date(fixTimeMs).toISOString() },
    doubts: position.doubts | (fixTimeMs > receivedAtMs ? Doubt.future : Doubt.clockUnset),
    remarks: position.remarks | Remark.placedAtReceipt,
  };
}

/**
 * A millisecond within the second of receipt that follows from the device's time: a thousand
 * consecutive seconds of a replayed buffer, received at once, stay a thousand positions.
 */
function slotOf(reportedMs: number, receivedAtMs: number): number {
  const seconds = Math.floor(reportedMs / 1_000);
  const slot = (((seconds + (reportedMs - seconds * 1_000)) % 1_000) + 1_000) % 1_000;
  return Math.floor(receivedAtMs / 1_000) * 1_000 + slot;
}
