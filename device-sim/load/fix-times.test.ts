import { expect, test } from 'vitest';
import { clockFixTimes, evenFixTimes, MAX_LEAD_MS } from './fix-times.ts';

test('even fix times start where they are told and never run far ahead of the clock', () => {
  let nowMs = 1_000_000;
  const next = evenFixTimes(nowMs, 10, () => nowMs);
  expect([next(0, 0), next(7, 1), next(0, 2)]).toEqual([1_000_000, 1_000_010, 1_000_020]);
  const beyond = MAX_LEAD_MS / 10 + 1;
  expect(next(0, beyond)).toBeNull();
  nowMs += 10;
  expect(next(0, beyond)).toBe(1_000_000 + beyond * 10);
});

test('by the clock, the last fix of a message is of now, and no two fixes of a device coincide', () => {
  let nowMs = 5_000;
  const next = clockFixTimes(2, 30, 10, () => nowMs);
  expect(next(0, 0)).toBe(4_980);
  expect(next(1, 0)).toBe(4_980);
  nowMs += 1;
  expect(next(0, 1)).toBe(5_010);
  nowMs += 1_000;
  expect(next(0, 2)).toBe(5_981);
});
