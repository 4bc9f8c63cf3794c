import { z } from 'zod';

const DAY_MS = 86_400_000;
/** As in the table's constraint; some eleven years. */
const MAX_DAYS = 4_000;

/** One operator's wish is everyone's, and a late fix into a compressed day costs all who share it. */
const MIN_COMPRESS_AFTER_DAYS = 3;

const days = z.number().int().min(1).max(MAX_DAYS);

/** How long an operator's positions are kept, and when they are compressed. */
export const positionRetention = z
  .strictObject({
    keepDays: days.describe('Whole days, by fix time, after which a position is deleted'),
    compressAfterDays: days
      .min(MIN_COMPRESS_AFTER_DAYS)
      .describe(
        'Days after which positions are compressed, where TimescaleDB can: the fewest that any operator wants, for all',
      ),
  })
  .meta({ id: 'PositionRetention' });
export type PositionRetention = z.infer<typeof positionRetention>;

/** For an operator that has set nothing: a year with a month to spare; late fixes are rare after a week. */
export const DEFAULT_RETENTION: PositionRetention = { keepDays: 400, compressAfterDays: 7 };

export const positionRetentionView = positionRetention
  .extend({ updatedAt: z.iso.datetime().nullable().describe('Null while these are the defaults') })
  .meta({ id: 'PositionRetentionView' });
export type PositionRetentionView = z.infer<typeof positionRetentionView>;

/** What storage that all operators share can do for them: keep for the longest, compress for the keenest. */
export function sharedRetention(ofOperators: readonly PositionRetention[]): PositionRetention {
  if (ofOperators.length === 0) return DEFAULT_RETENTION;
  return {
    keepDays: Math.max(...ofOperators.map(({ keepDays }) => keepDays)),
    compressAfterDays: Math.min(...ofOperators.map(({ compressAfterDays }) => compressAfterDays)),
  };
}

/** All of them in their order, beginning with another one each turn, round and round. */
export function fromTurn<Item>(items: readonly Item[], turn: number): Item[] {
  const start = turn % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The start, epoch milliseconds, of the first UTC day that is kept: nothing of it goes, and all before it. */
export function firstKeptMs(nowMs: number, keepDays: number): number {
  return (Math.floor(nowMs / DAY_MS) - keepDays) * DAY_MS;
}

/** Fix times in [startMs, endMs), epoch milliseconds; the first range of all starts at -Infinity. */
export interface FixTimeRange {
  startMs: number;
  endMs: number;
}

/** A range that has a partition or chunk of its own, or one between them, whose rows the default partition has. */
export type SweptRange = FixTimeRange & { isBetween: boolean };

/**
 * The ranges before `firstKept` in which rows of one operator have to be deleted: partitions that
 * other operators still keep, and what lies between partitions. Those that end by `firstShared`,
 * the first day that anyone keeps, are dropped as a whole. One that reaches beyond `firstKept` is
 * left until all of it may go.
 */
export function rangesToSweep(
  partitions: readonly FixTimeRange[],
  { firstKept, firstShared }: { firstKept: number; firstShared: number },
): SweptRange[] {
  const swept: SweptRange[] = [];
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of partitions.toSorted((a, b) => a.startMs - b.startMs)) {
    if (startMs >= firstKept) break;
    if (startMs > reachedMs) swept.push({ startMs: reachedMs, endMs: startMs, isBetween: true });
    if (endMs <= firstKept && endMs > firstShared) swept.push({ startMs, endMs, isBetween: false });
    reachedMs = endMs;
  }
  if (reachedMs < firstKept) swept.push({ startMs: reachedMs, endMs: firstKept, isBetween: true });
  return swept;
}
