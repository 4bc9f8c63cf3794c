import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencyHistogram } from './latency-histogram.ts';

test('quantiles are within 1.6 % of those of the sorted samples', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(samples, fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1), (all, share) => {
      const histogram = createLatencyHistogram();
      for (const us of all) histogram.record(us, 1);
      const exactUs = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
      expect(Math.abs(histogram.quantileMs(share) * 1_000 - exactUs)).toBeLessThanOrEqual(
        exactUs * 0.016 + 0.5,
      );
      expect(histogram.maxMs()).toBe(Math.max(...all) / 1_000);
      expect(histogram.count).toBe(all.length);
    }),
  );
});

test('a sample may be counted many times at once', () => {
  const histogram = createLatencyHistogram();
  histogram.record(1_000, 99);
  histogram.record(50_000, 1);
  expect(histogram.quantileMs(0.5)).toBeCloseTo(1, 1);
  expect(histogram.quantileMs(0.999)).toBeCloseTo(50, 0);
});

test('without samples everything is 0, and an absurd latency is capped', () => {
  const histogram = createLatencyHistogram();
  expect([histogram.quantileMs(0.99), histogram.maxMs()]).toEqual([0, 0]);
  histogram.record(1e12, 1);
  expect(histogram.maxMs()).toBe((2 ** 31 - 1) / 1_000);
});
