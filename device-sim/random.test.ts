import { expect, test } from 'vitest';
import { between, createRandom, exponential, index, normal } from './random.ts';

const draws = (seed: string, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random());
};

const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;

test('the same seed gives the same numbers and another seed gives others', () => {
  expect(draws('a', 50)).toEqual(draws('a', 50));
  expect(draws('a', 50)).not.toEqual(draws('b', 50));
});

test('draws are spread evenly over [0, 1)', () => {
  const values = draws('even', 20_000);
  const tenths = Array.from({ length: 10 }, (_, i) => values.filter((v) => Math.floor(v * 10) === i).length);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('the distributions have the mean and the spread that they promise', () => {
  const random = createRandom('shapes');
  const normals = Array.from({ length: 20_000 }, () => normal(random));
  const waits = Array.from({ length: 20_000 }, () => exponential(random, 60));
  expect(Math.abs(mean(normals))).toBeLessThan(0.03);
  expect(mean(normals.map((v) => v * v))).toBeCloseTo(1, 1);
  expect(Math.abs(mean(waits) - 60)).toBeLessThan(2);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
});

test('between and index stay within their bounds', () => {
  const random = createRandom('bounds');
  for (let i = 0; i < 5_000; i++) {
    const value = between(random, -3, 4);
    expect(value >= -3 && value < 4).toBe(true);
    expect([0, 1, 2]).toContain(index(random, 3));
  }
});
