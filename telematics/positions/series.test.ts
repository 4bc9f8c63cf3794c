import { expect, test } from 'vitest';
import { type Bucket, bucketMs, seriesOf } from './series-buckets.ts';
import { metricsOf } from './series-metrics.ts';

const bucket = (startMs: number, values: [number, ...number[]], lastMs = startMs): Bucket => ({
  startMs,
  min: Math.min(...values),
  max: Math.max(...values),
  sum: values.reduce((sum, value) => sum + value, 0),
  count: values.length,
  last: values.at(-1)!,
  lastMs,
});

test('words name metrics, groups several, each once', () => {
  expect(metricsOf('speed')).toEqual(['speed']);
  expect(metricsOf('fuel,fuelL,speed,speed')).toEqual(['fuelPercent', 'fuelL', 'speed']);
});

test.each(['', 'speed,', 'Speed', 'constructor', 'speed, fuel'])('%j names no metrics', (words) => {
  expect(metricsOf(words)).toBeNull();
});

test('there are never more buckets than points, and none is shorter than a second', () => {
  for (const [lengthMs, points] of [
    [86_400_000, 2_000],
    [86_400_001, 2_000],
    [1, 1],
    [999, 2_000],
    [4_102_444_800_000, 7],
  ] as const) {
    const widthMs = bucketMs({ fromMs: 0, toMs: lengthMs }, points);
    expect(Math.ceil(lengthMs / widthMs)).toBeLessThanOrEqual(points);
    expect(widthMs).toBeGreaterThanOrEqual(1_000);
  }
});

test('a bucket in which the device was changed is one point of both', () => {
  const series = seriesOf('odometer', [
    bucket(1_000, [5]),
    bucket(0, [1, 2, 3], 400),
    bucket(0, [10, 8], 900),
  ]);
  expect(series).toEqual([
    { time: '1970-01-01T00:00:00.000Z', min: 1, max: 10, mean: 4.8, last: 8, count: 5 },
    { time: '1970-01-01T00:00:01.000Z', min: 5, max: 5, mean: 5, last: 5, count: 1 },
  ]);
});

test('a value of a four-byte column is shown with the digits that it has', () => {
  expect(seriesOf('speed', [bucket(0, [Math.fround(41.3)])])[0]).toMatchObject({ min: 41.3, mean: 41.3 });
  expect(seriesOf('odometer', [bucket(0, [120_345_678.25])])[0]).toMatchObject({ last: 120_345_678.25 });
});
