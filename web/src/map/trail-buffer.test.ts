import { expect, test } from 'vitest';
import { createTrailBuffer, FLOATS_PER_SEGMENT } from './trail-buffer.ts';

const step = (i: number, bend = 0) => ({
  ax: 0.5 + i * 1e-6,
  ay: 0.5,
  bx: 0.5 + (i + 1) * 1e-6,
  by: 0.5 + bend,
  startS: i,
  endS: i + 1,
});

test('a straight run becomes one segment that ends where the run ends', () => {
  const trails = createTrailBuffer(8);
  for (let i = 0; i < 5; i++) trails.add('a', step(i));
  expect(trails.count()).toBe(1);
  expect(trails.floats[4]).toBeCloseTo(5e-6, 12);
  expect([trails.floats[6], trails.floats[7]]).toEqual([0, 5]);
});

test('a bend, a gap in time and another vehicle each begin a segment', () => {
  const trails = createTrailBuffer(8);
  trails.add('a', step(0));
  trails.add('a', step(1, 1e-6));
  trails.add('a', step(3));
  trails.add('b', step(4));
  expect(trails.count()).toBe(4);
});

test('the start keeps double precision in its two parts', () => {
  const trails = createTrailBuffer(1);
  const ax = 0.590_512_345_678_9;
  trails.add('a', { ...step(0), ax });
  expect((trails.floats[0] ?? 0) + (trails.floats[2] ?? 0)).toBeCloseTo(ax, 14);
});

test('a full ring overwrites its oldest segments and never extends one that is gone', () => {
  const trails = createTrailBuffer(2);
  trails.add('a', step(0));
  trails.add('b', step(0));
  trails.add('c', step(0));
  trails.add('a', step(1));
  expect(trails.count()).toBe(2);
  const starts = [0, 1].map((index) => trails.floats[index * FLOATS_PER_SEGMENT + 6]);
  expect(starts).toEqual([0, 1]);
});

test('only what was written since the last time is sent to the GPU', () => {
  const trails = createTrailBuffer(8);
  expect(trails.takeWritten()).toBeNull();
  trails.add('a', step(0));
  trails.add('b', step(0));
  expect(trails.takeWritten()).toEqual([0, 2]);
  trails.add('b', step(1));
  expect(trails.takeWritten()).toEqual([1, 2]);
  expect(trails.takeWritten()).toBeNull();
});

test('the clock can move on without a trail growing younger', () => {
  const trails = createTrailBuffer(8);
  trails.add('a', step(10));
  trails.shiftTime(10);
  expect([trails.floats[6], trails.floats[7]]).toEqual([0, 1]);
  trails.add('a', { ...step(11), startS: 1, endS: 2 });
  expect(trails.count()).toBe(1);
});

test('noise on a straight street does not cut the run, turning back does', () => {
  const trails = createTrailBuffer(8);
  const noisy = (i: number) => (i % 2) * 2e-8;
  const street = (i: number) => ({ ...step(i), ay: 0.5 + noisy(i), by: 0.5 + noisy(i + 1) });
  for (let i = 0; i < 6; i++) trails.add('a', street(i));
  expect(trails.count()).toBe(1);
  trails.add('a', { ...step(6), bx: 0.5 + 2e-6 });
  expect(trails.count()).toBe(2);
});
