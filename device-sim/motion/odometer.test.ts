import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { odometerAtM } from './odometer.ts';

const START_MS = Date.UTC(2026, 10, 20);
const at = (ident: string, seconds: number): number =>
  odometerAtM(createRandom(ident), START_MS + seconds * 1_000);

test('a simulation that is started again finds an odometer further than any vehicle got, and not beyond belief', () => {
  for (const seconds of [60, 3_600, 36_000]) {
    const grownM = at('a', seconds) - at('a', 0);
    expect(grownM).toBeGreaterThan(seconds * 9);
    expect(grownM).toBeLessThan(seconds * 15);
  }
});

test('each vehicle has an odometer of its own, in whole metres that every format can write for years', () => {
  expect(at('a', 0)).not.toBe(at('b', 0));
  expect(Number.isInteger(at('a', 0))).toBe(true);
  expect(at('a', 3 * 365 * 86_400)).toBeLessThan(2 ** 31);
});
