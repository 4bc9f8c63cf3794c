import { expect, test } from 'vitest';
import { bandedGeoJson, bandOf } from './speed-bands.ts';

const vertex = (lon: number, speedKmh: number | null) => ({ atMs: lon * 1000, lon, lat: 0, speedKmh });

test('speeds fall into four bands, an unknown one into the slowest', () => {
  expect([null, 0, 4.9, 5, 29, 30, 59, 60, 120].map(bandOf)).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3]);
});

test('a line is cut where its colour changes, without a gap', () => {
  const { features } = bandedGeoJson([
    [vertex(0, 0), vertex(1, 2), vertex(2, 40), vertex(3, 50), vertex(4, 90)],
  ]);
  expect(
    features.map(({ properties, geometry }) => [properties.band, geometry.coordinates.map(([lon]) => lon)]),
  ).toEqual([
    [0, [0, 1]],
    [1, [1, 2]],
    [2, [2, 3]],
    [3, [3, 4]],
  ]);
});

test('a single fix draws no line', () => {
  expect(bandedGeoJson([[vertex(0, 0)], []]).features).toEqual([]);
});
