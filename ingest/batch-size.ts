export const MIN_BATCH_ROWS = 500;
export const MAX_BATCH_ROWS = 6_000;
/** A transaction longer than this keeps fresh positions waiting behind it. */
const SLOW_MS = 150;
/** One shorter than this pays more for its commit than for its rows. */
const QUICK_MS = 60;

/**
 * How many rows the next transaction should have: more while full ones are quick, fewer when
 * they become slow, always between the two bounds.
 */
export function nextBatchRows(current: number, last: { rows: number; tookMs: number }): number {
  const wasFull = last.rows >= current;
  if (last.tookMs > SLOW_MS) return Math.max(MIN_BATCH_ROWS, Math.floor(current * 0.7));
  if (wasFull && last.tookMs < QUICK_MS) return Math.min(MAX_BATCH_ROWS, Math.ceil(current * 1.5));
  return current;
}
