import { expect, test } from 'vitest';
import { createFleetMotion, FLOATS_PER_MARK } from './fleet-motion.ts';
import { metresPerUnit } from './mercator.ts';

const HIDDEN = 8;
const plain = { shape: 0, flags: 0 };
const metre = 1 / metresPerUnit(0.5);
const at = (metresEast: number, fixTimeMs: number) => ({
  x: 0.59 + metresEast * metre,
  y: 0.5,
  headingDeg: 90,
  speedKmh: 36,
  fixTimeMs,
});

test('a vehicle that drives leaves a trail behind what it has driven', () => {
  const motion = createFleetMotion(HIDDEN);
  for (let s = 0; s < 6; s++) motion.report('a', at(s * 10, s), plain, s, false);
  expect(motion.trails.count()).toBeGreaterThan(0);
  expect(motion.busyUntilS()).toBeGreaterThan(5);
});

test('a repeated report changes nothing but the look', () => {
  const motion = createFleetMotion(HIDDEN);
  motion.report('a', at(0, 1), plain, 0, false);
  motion.report('a', at(50, 1), { shape: 2, flags: 1 }, 5, false);
  const mark = motion.marks.get('a');
  expect(mark?.glide.toX).toBe(at(0, 1).x);
  expect(mark).toMatchObject({ shape: 2, flags: 1, reportedS: 0 });
});

test('a thousand vehicles keep their places as the buffer grows', () => {
  const motion = createFleetMotion(HIDDEN);
  for (let i = 0; i < 1000; i++) motion.report(`v${i}`, at(i, 1), plain, 0, false);
  const floats = motion.floats();
  for (const i of [0, 255, 256, 999]) {
    const slot = i * FLOATS_PER_MARK;
    expect((floats[slot] ?? 0) + (floats[slot + 2] ?? 0)).toBeCloseTo(at(i, 1).x, 13);
  }
  expect(motion.takeWritten()).toEqual([0, 1000]);
});

test('the nearest visible mark is found where it is drawn, not where it is going', () => {
  const motion = createFleetMotion(HIDDEN);
  motion.report('a', at(0, 1), plain, 0, false);
  motion.report('a', at(60, 2), plain, 2, false);
  motion.report('b', at(200, 1), { shape: 0, flags: HIDDEN }, 0, false);
  const reach = 15 * metre;
  expect(motion.nearest(at(0, 0).x, 0.5, reach, 2)?.id).toBe('a');
  expect(motion.nearest(at(60, 0).x, 0.5, reach, 2)).toBeNull();
  expect(motion.nearest(at(60, 0).x, 0.5, reach, 60)?.id).toBe('a');
  expect(motion.nearest(at(200, 0).x, 0.5, reach, 2)).toBeNull();
});

test('history draws no way through a silence', () => {
  const motion = createFleetMotion(HIDDEN);
  const point = (metres: number, atS: number) => ({ x: at(metres, 0).x, y: 0.5, atS });
  motion.addHistory('a', [point(0, -300), point(20, -298), point(900, -100), point(920, -98)]);
  expect(motion.trails.count()).toBe(2);
});

test('moving the origin of time on moves nothing on the map', () => {
  const motion = createFleetMotion(HIDDEN);
  motion.report('a', at(0, 1), plain, 3999, false);
  motion.report('a', at(10, 2), plain, 4000, false);
  expect(motion.rebase(100)).toBe(0);
  expect(motion.rebase(4001)).toBe(4001);
  expect(motion.marks.get('a')?.glide.startS).toBe(-1);
});
