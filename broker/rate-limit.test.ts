import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './rate-limit.ts';

describe('a token bucket', () => {
  it('lets a burst through at once and then asks for the time that a token takes', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
    expect(bucket.take(0)).toBeCloseTo(100);
    expect(bucket.take(100)).toBeCloseTo(100);
    expect(bucket.take(300)).toBe(0);
  });

  it('takes several at once, beyond the burst as a debt', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect(bucket.take(0, 13)).toBeCloseTo(1_000);
    expect(bucket.take(1_000)).toBeCloseTo(100);
  });

  it('saves up no more than a burst', () => {
    const bucket = new TokenBucket(10, 2, 0);
    const waits = [bucket.take(60_000), bucket.take(60_000), bucket.take(60_000)];
    expect(waits.map((wait) => wait > 0)).toEqual([false, false, true]);
  });

  it('holds whoever waits as told to the rate, whenever they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 50, maxLength: 300 }), (pauses) => {
        const bucket = new TokenBucket(100, 5, 0);
        let nowMs = 0;
        for (const pause of pauses) nowMs += pause + bucket.take(nowMs + pause);
        expect(pauses.length).toBeLessThanOrEqual(5 + 1 + nowMs / 10);
      }),
    );
  });
});
