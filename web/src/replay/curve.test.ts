import { expect, test } from 'vitest';
import type { SeriesPoint } from '../api/types.ts';
import { axisOf, curveOf, pointAt, ticksOf } from './curve.ts';

const BUCKET_MS = 10_000;
const point = (second: number, mean: number): SeriesPoint => ({
  time: new Date(second * 1000).toISOString(),
  min: mean - 5,
  max: mean + 5,
  mean,
  last: mean,
  count: 3,
});
const box = { width: 100, height: 10, fromMs: 0, toMs: 100_000, low: 0, high: 100 };

test('a curve has its mean as a line and its extremes as a band', () => {
  const { line, band } = curveOf([point(5, 50), point(15, 60)], BUCKET_MS, box);
  expect(line).toBe('M10.0 5.0L20.0 4.0');
  expect(band).toBe('M10.0 4.5L20.0 3.5L20.0 4.5L10.0 5.5Z');
});

test('a curve is broken where nothing was told for long', () => {
  const { line } = curveOf([point(5, 50), point(15, 50), point(85, 50)], BUCKET_MS, box);
  expect(line).toBe('M10.0 5.0L20.0 5.0M90.0 5.0h1.5');
  expect(curveOf([], BUCKET_MS, box)).toEqual({ line: '', band: '' });
});

test('an axis begins at zero where that means something, and shows no noise as a mountain', () => {
  expect(axisOf([point(0, 41)], { least: 40, fromZero: true })).toEqual({ low: 0, high: 50 });
  expect(axisOf([{ ...point(0, 12), min: 12, max: 12 }], { least: 2, fromZero: false })).toEqual({
    low: 11,
    high: 13,
  });
});

test('the value of a time is the last one told, unless that was long before', () => {
  const points = [point(0, 10), point(10, 20)];
  expect(pointAt(points, BUCKET_MS, 12_000)?.mean).toBe(20);
  expect(pointAt(points, BUCKET_MS, 200_000)).toBeNull();
  expect(pointAt(points, BUCKET_MS, -1)).toBeNull();
});

test('ticks are round times within the range', () => {
  const fromMs = new Date(2026, 10, 20, 7, 12).getTime();
  const toMs = new Date(2026, 10, 20, 19, 40).getTime();
  const hours = ticksOf(fromMs, toMs, 7).map((at) => new Date(at).getHours());
  expect(hours).toEqual([8, 10, 12, 14, 16, 18]);
});
