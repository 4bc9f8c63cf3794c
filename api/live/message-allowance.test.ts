import { expect, test } from 'vitest';
import { createAllowance } from './message-allowance.ts';

test('a burst passes, then as many a second as were granted', () => {
  const allowed = createAllowance(10, 3);
  expect([0, 0, 0, 0].map(allowed)).toEqual([true, true, true, false]);
  expect(allowed(99)).toBe(false);
  expect(allowed(200)).toBe(true);
  const passed = Array.from({ length: 1_000 }, (_, ms) => allowed(1_000 + ms)).filter(Boolean);
  expect(passed.length).toBeGreaterThanOrEqual(10);
  expect(passed.length).toBeLessThanOrEqual(13);
});
