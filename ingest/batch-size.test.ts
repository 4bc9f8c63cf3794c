import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BATCH_ROWS, MIN_BATCH_ROWS, nextBatchRows } from './batch-size.ts';

describe('the size of a batch', () => {
  it('grows while full batches are quick and shrinks when they are slow', () => {
    expect(nextBatchRows(1_000, { rows: 1_000, tookMs: 20 })).toBe(1_500);
    expect(nextBatchRows(1_000, { rows: 400, tookMs: 20 })).toBe(1_000);
    expect(nextBatchRows(1_000, { rows: 1_000, tookMs: 100 })).toBe(1_000);
    expect(nextBatchRows(1_000, { rows: 1_000, tookMs: 200 })).toBe(700);
  });

  it('never leaves its bounds', () => {
    const last = fc.record({ rows: fc.nat(20_000), tookMs: fc.double({ min: 0, max: 10_000, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(last), (history) => {
        const size = history.reduce(nextBatchRows, MIN_BATCH_ROWS);
        expect(size).toBeGreaterThanOrEqual(MIN_BATCH_ROWS);
        expect(size).toBeLessThanOrEqual(MAX_BATCH_ROWS);
      }),
    );
  });
});
