import { expect, test } from 'vitest';
import { type TrackPoint, trackLines } from './track.ts';

const at = (minute: number, lon: number): TrackPoint => ({
  fixTimeMs: minute * 60_000,
  lat: 1,
  lon,
  speedKmh: null,
});

test('positions make one line in the order of their fixes', () => {
  expect(trackLines([at(0, 1), at(1, 2), at(2, 3)])).toEqual([
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  ]);
});

test('a silence breaks the line and a lone point draws none', () => {
  expect(trackLines([at(0, 1), at(1, 2), at(20, 5), at(40, 6), at(41, 7)])).toEqual([
    [
      [1, 1],
      [2, 1],
    ],
    [
      [6, 1],
      [7, 1],
    ],
  ]);
});

test('the antimeridian is crossed the short way', () => {
  expect(trackLines([at(0, 179.9), at(1, -179.9)])[0]?.[1]?.[0]).toBeCloseTo(180.1);
});
