import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETENTION,
  type FixTimeRange,
  firstKeptMs,
  fromTurn,
  positionRetention,
  rangesToSweep,
  sharedRetention,
} from './retention.ts';

const DAY_MS = 86_400_000;
const day = (number: number): FixTimeRange => ({ startMs: number * DAY_MS, endMs: (number + 1) * DAY_MS });

describe('the retention of storage that operators share', () => {
  it('keeps for the longest and compresses for the one that wants it first', () => {
    expect(
      sharedRetention([
        { keepDays: 30, compressAfterDays: 20 },
        { keepDays: 700, compressAfterDays: 400 },
        { keepDays: 90, compressAfterDays: 3 },
      ]),
    ).toEqual({ keepDays: 700, compressAfterDays: 3 });
  });

  it('is the default while there is no operator', () => {
    expect(sharedRetention([])).toEqual(DEFAULT_RETENTION);
    expect(positionRetention.parse(DEFAULT_RETENTION)).toEqual(DEFAULT_RETENTION);
  });
});

describe('the order of a sweep', () => {
  it('begins one further each time, so that as many sweeps begin with each once', () => {
    const turns = [5, 6, 7].map((turn) => fromTurn(['a', 'b', 'c'], turn));
    expect(turns).toEqual([
      ['c', 'a', 'b'],
      ['a', 'b', 'c'],
      ['b', 'c', 'a'],
    ]);
    expect(fromTurn([], 3)).toEqual([]);
  });
});

describe('the shortest time before compression', () => {
  it('is three days, since it is that of all operators and late fixes come into compressed days slowly', () => {
    const accepts = (compressAfterDays: number) =>
      positionRetention.safeParse({ keepDays: 1, compressAfterDays }).success;
    expect([accepts(2), accepts(3)]).toEqual([false, true]);
  });
});

describe('the first kept day', () => {
  it('begins at midnight UTC, so that a position is kept for its days and at most one more', () => {
    const now = Date.parse('2026-11-20T16:30:00Z');
    expect(new Date(firstKeptMs(now, 1)).toISOString()).toBe('2026-11-19T00:00:00.000Z');
    expect(new Date(firstKeptMs(now, 400)).toISOString()).toBe('2025-10-16T00:00:00.000Z');
  });
});

describe('the ranges to sweep', () => {
  it('are the partitions that others keep, and what lies before and between partitions', () => {
    const partitions = [day(10), day(11), day(13), day(20)];
    expect(rangesToSweep(partitions, { firstKept: 15 * DAY_MS, firstShared: 11 * DAY_MS })).toEqual([
      { startMs: Number.NEGATIVE_INFINITY, endMs: 10 * DAY_MS, isBetween: true },
      { ...day(11), isBetween: false },
      { ...day(12), isBetween: true },
      { ...day(13), isBetween: false },
      { ...day(14), isBetween: true },
    ]);
  });

  it('leave a partition that reaches into what is kept', () => {
    const week = { startMs: 10 * DAY_MS, endMs: 17 * DAY_MS };
    expect(rangesToSweep([week], { firstKept: 12 * DAY_MS, firstShared: 0 })).toEqual([
      { startMs: Number.NEGATIVE_INFINITY, endMs: 10 * DAY_MS, isBetween: true },
    ]);
  });

  it('cover every instant before the first kept day exactly once, and none after it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        (days, kept, shared) => {
          const firstKept = Math.max(kept, shared) * DAY_MS;
          const firstShared = Math.min(kept, shared) * DAY_MS;
          const swept = rangesToSweep(days.map(day), { firstKept, firstShared });
          for (let at = -DAY_MS / 2; at < 42 * DAY_MS; at += DAY_MS) {
            const covering = swept.filter(({ startMs, endMs }) => startMs <= at && at < endMs);
            const isDropped = days.includes(Math.floor(at / DAY_MS)) && at < firstShared;
            expect(covering).toHaveLength(at < firstKept && !isDropped ? 1 : 0);
          }
        },
      ),
    );
  });
});
