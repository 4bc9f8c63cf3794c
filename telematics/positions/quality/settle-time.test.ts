import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPosition } from '../adapters/empty-position.ts';
import type { Position } from '../position.ts';
import { Doubt } from './doubts.ts';
import { Remark } from './remarks.ts';
import { settleTime } from './settle-time.ts';

const NOW = Date.UTC(2026, 10, 20, 10, 0, 5, 678);
const SECOND_OF_NOW = Date.UTC(2026, 10, 20, 10, 0, 5);
const DAY_MS = 86_400_000;
const ROLLOVER_MS = 1_024 * 7 * DAY_MS;
const LARGEST_DATE_MS = 8.64e15;

const at = (fixTimeMs: number, receivedAtMs = NOW): Position => emptyPosition(fixTimeMs, { receivedAtMs });
const settled = (fixTimeMs: number): Position => settleTime(at(fixTimeMs));

describe('a time that can be', () => {
  it.each([
    ['now', NOW],
    ['400 days ago', NOW - 400 * DAY_MS],
    ['a day ahead', NOW + DAY_MS],
  ])('is left alone: %s', (_name, fixTimeMs) => {
    const position = at(fixTimeMs);
    expect(settleTime(position)).toBe(position);
  });

  it('is one of the 401 days around the receipt and of no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: -402 * DAY_MS, max: 2 * DAY_MS }), (aheadMs) => {
        const position = at(NOW + aheadMs);
        const isKept = aheadMs >= -400 * DAY_MS && aheadMs <= DAY_MS;
        expect(settleTime(position) === position).toBe(isKept);
      }),
    );
  });
});

describe('a time that cannot be', () => {
  it.each([
    ['a millisecond more than 400 days ago', NOW - 400 * DAY_MS - 1, Doubt.clockUnset],
    ['a millisecond more than a day ahead', NOW + DAY_MS + 1, Doubt.future],
    ['the epoch', 0, Doubt.clockUnset],
    ['before the epoch', -123_456, Doubt.clockUnset],
    ['the first instant of GPS', Date.UTC(1980, 0, 6), Doubt.clockUnset],
    ['1 January 1980', Date.UTC(1980, 0, 1), Doubt.clockUnset],
    ['1 January 2000', Date.UTC(2000, 0, 1), Doubt.clockUnset],
    ['1 January 2004', Date.UTC(2004, 0, 1), Doubt.clockUnset],
    ['1 January 2010', Date.UTC(2010, 0, 1), Doubt.clockUnset],
    ['2099', Date.UTC(2099, 0, 1), Doubt.future],
    ['the earliest that there is', -LARGEST_DATE_MS, Doubt.clockUnset],
    ['the latest that there is', LARGEST_DATE_MS, Doubt.future],
  ])('puts the position, in doubt, into the second of its receipt: %s', (_name, fixTimeMs, doubt) => {
    const position = settled(fixTimeMs);
    expect(Math.floor(position.fixTimeMs / 1_000) * 1_000).toBe(SECOND_OF_NOW);
    expect(position).toEqual({
      ...at(position.fixTimeMs),
      attributes: { reportedTime: new Date(fixTimeMs).toISOString() },
      doubts: Doubt.noFix | doubt,
      remarks: Remark.placedAtReceipt,
    });
  });

  it('keeps the attributes, the doubts and the position that it is given', () => {
    const given = { ...at(0), doubts: 0, lat: 1, lon: 2, attributes: { a: 1 } };
    const before = structuredClone(given);
    expect(settleTime(given)).toMatchObject({
      lat: 1,
      lon: 2,
      doubts: Doubt.clockUnset,
      attributes: { a: 1, reportedTime: '1970-01-01T00:00:00.000Z' },
    });
    expect(given).toEqual(before);
  });

  it('gives a thousand consecutive seconds of a buffer, received at once, a place each', () => {
    for (const start of [Date.UTC(2000, 0, 1), -500_000, Date.UTC(2099, 0, 1, 0, 0, 0, 750)]) {
      const places = Array.from({ length: 1_000 }, (_, second) => settled(start + second * 1_000).fixTimeMs);
      expect(new Set(places).size).toBe(1_000);
    }
  });

  it('is placed the same whenever it comes within a second, so that a repetition is the same instant', () => {
    const first = settleTime(at(12_345, SECOND_OF_NOW));
    const last = settleTime(at(12_345, SECOND_OF_NOW + 999));
    expect(last.fixTimeMs).toBe(first.fixTimeMs);
  });

  it('never makes a position that is not within a day of its receipt and 400 days, nor one of no whole millisecond', () => {
    const instant = fc.integer({ min: -LARGEST_DATE_MS, max: LARGEST_DATE_MS });
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 4e12 }), (fixTimeMs, receivedAtMs) => {
        const position = settleTime(at(fixTimeMs, receivedAtMs));
        expect(Number.isInteger(position.fixTimeMs)).toBe(true);
        expect(position.fixTimeMs).toBeGreaterThanOrEqual(receivedAtMs - 400 * DAY_MS);
        expect(position.fixTimeMs).toBeLessThanOrEqual(receivedAtMs + DAY_MS);
        expect(settleTime(position)).toBe(position);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a receiver that lost weeks', () => {
  it.each([
    ['once', 1, -60_000],
    ['twice', 2, -60_000],
    ['once, from a buffer of ninety days', 1, -90 * DAY_MS],
    ['once, and runs an hour fast', 1, 3_600_000],
    ['twice, from a buffer of ninety days', 2, -90 * DAY_MS],
  ])('gets them back and is no doubt of its own: %s', (_name, times, aheadMs) => {
    const fixTimeMs = NOW + aheadMs - times * ROLLOVER_MS;
    expect(settled(fixTimeMs)).toEqual({
      ...at(NOW + aheadMs),
      remarks: Remark.weekRolloverCorrected,
    });
  });

  it.each([
    ['a millisecond more than ninety days after the correction', 1, -90 * DAY_MS - 1],
    ['a millisecond more than an hour ahead after the correction', 1, 3_600_001],
    ['three times', 3, 0],
    ['ahead instead', -1, 0],
  ])('does not when that says nothing: %s', (_name, times, aheadMs) => {
    const { remarks, doubts } = settled(NOW + aheadMs - times * ROLLOVER_MS);
    expect(remarks).toBe(Remark.placedAtReceipt);
    expect(doubts & (Doubt.clockUnset | Doubt.future)).not.toBe(0);
  });

  it('is not seen in clocks that were never set, on any day from 2024 to 2036', () => {
    const unset = [0, Date.UTC(1980, 0, 1), Date.UTC(1980, 0, 6), Date.UTC(2000, 0, 1), Date.UTC(2004, 0, 1)];
    for (
      let receivedAtMs = Date.UTC(2024, 0, 1);
      receivedAtMs < Date.UTC(2036, 0, 1);
      receivedAtMs += DAY_MS
    ) {
      for (const fixTimeMs of unset) {
        // After a boot, a clock that starts there runs on.
        for (const runningMs of [0, 59_000, 3 * DAY_MS]) {
          const { remarks } = settleTime(at(fixTimeMs + runningMs, receivedAtMs));
          expect([remarks, new Date(receivedAtMs)]).toEqual([Remark.placedAtReceipt, new Date(receivedAtMs)]);
        }
      }
    }
  });
});
