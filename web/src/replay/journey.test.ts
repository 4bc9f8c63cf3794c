import { expect, test } from 'vitest';
import type { TrackFeature } from '../api/types.ts';
import { drivenUntil, EMPTY_JOURNEY, extentOf, whereaboutsAt, withFeatures } from './journey.ts';

const feature = (
  vertices: [second: number, lon: number, lat: number, speedKmh: number | null][],
): TrackFeature => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates: vertices.map(([, lon, lat]) => [lon, lat]) },
  properties: {
    deviceId: '1',
    coordTimes: vertices.map(([second]) => new Date(second * 1000).toISOString()),
    speedsKmh: vertices.map(([, , , speedKmh]) => speedKmh),
  },
});

const morning = feature([
  [0, 32, 0, 10],
  [10, 32.1, 0, 30],
  [20, 32.1, 0.1, 20],
]);
const goesOn = feature([
  [20, 32.1, 0.1, 20],
  [30, 32.1, 0.1, 0],
]);
const evening = feature([
  [100, 33, 1, 5],
  [110, 33, 2, null],
]);

test('a line that goes on is joined to the one before, another one is not', () => {
  const journey = withFeatures(withFeatures(EMPTY_JOURNEY, [morning]), [goesOn, evening]);
  expect(journey.lines.map((line) => line.length)).toEqual([4, 2]);
  expect(journey.vertices).toBe(6);
  expect(extentOf(journey)).toEqual({ fromMs: 0, toMs: 110_000 });
});

test('a line that is cut at the antimeridian goes on beyond it', () => {
  const journey = withFeatures(EMPTY_JOURNEY, [
    feature([
      [0, 179.9, 1, 1],
      [5, 180, 1, null],
    ]),
    feature([
      [5, -180, 1, null],
      [10, -179.9, 1, 1],
    ]),
  ]);
  expect(journey.lines).toHaveLength(1);
  expect(journey.lines[0]?.at(-1)?.lon).toBeCloseTo(180.1);
});

test('between two vertices the vehicle is on the line, with its direction', () => {
  const journey = withFeatures(EMPTY_JOURNEY, [morning]);
  expect(whereaboutsAt(journey, 5_000)).toEqual({ lon: 32.05, lat: 0, speedKmh: 20, headingDeg: 90 });
  expect(whereaboutsAt(journey, 15_000)).toMatchObject({ lon: 32.1, lat: 0.05, headingDeg: 0 });
});

test('before, after and between the lines the vehicle stands where it was last or will be first', () => {
  const journey = withFeatures(EMPTY_JOURNEY, [morning, goesOn, evening]);
  expect(whereaboutsAt(journey, -5_000)).toMatchObject({ lon: 32, lat: 0 });
  expect(whereaboutsAt(journey, 60_000)).toMatchObject({ lon: 32.1, lat: 0.1, headingDeg: null });
  expect(whereaboutsAt(journey, 999_000)).toMatchObject({ lon: 33, lat: 2 });
  expect(whereaboutsAt(EMPTY_JOURNEY, 0)).toBeNull();
});

test('what was driven ends where the vehicle is', () => {
  const journey = withFeatures(EMPTY_JOURNEY, [morning, evening]);
  expect(drivenUntil(journey, 15_000)).toEqual([
    [
      [32, 0],
      [32.1, 0],
      [32.1, 0.05],
    ],
  ]);
  expect(drivenUntil(journey, 500_000)).toHaveLength(2);
  expect(drivenUntil(journey, -1)).toEqual([]);
});
