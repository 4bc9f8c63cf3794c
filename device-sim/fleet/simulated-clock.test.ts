import { expect, test } from 'vitest';
import { simulatedTimeMs } from './simulated-clock.ts';

test('simulated time runs at its scale until it reaches the present and then with it', () => {
  const [startMs, realStartMs] = [0, 3_600_000];
  const at = (realNowMs: number) => simulatedTimeMs(startMs, 61, realStartMs, realNowMs);
  expect(at(realStartMs)).toBe(0);
  expect(at(realStartMs + 1_000)).toBe(61_000);
  expect(at(realStartMs + 60_000)).toBe(realStartMs + 60_000);
  expect(at(realStartMs + 90_000)).toBe(realStartMs + 90_000);
});
