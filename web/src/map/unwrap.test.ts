import { expect, test } from 'vitest';
import { unwrapGeometry, unwrapLine, unwrapRing } from './unwrap.ts';

test('a line over the antimeridian goes on instead of jumping', () => {
  expect(
    unwrapLine([
      [179, 1],
      [-179, 2],
      [-178, 3],
    ]),
  ).toEqual([
    [179, 1],
    [181, 2],
    [182, 3],
  ]);
  expect(
    unwrapLine([
      [-179, 1],
      [179, 2],
      [-179, 3],
    ]),
  ).toEqual([
    [-179, 1],
    [-181, 2],
    [-179, 3],
  ]);
});

test('a ring round a pole is closed over it', () => {
  const ring = unwrapRing([
    [-170, -70],
    [-60, -72],
    [60, -71],
    [170, -70],
    [-170, -70],
  ]);
  expect(ring.slice(-3)).toEqual([
    [190, -90],
    [-170, -90],
    [-170, -70],
  ]);
});

test('a ring that stays on one side is left alone', () => {
  const ring = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 1],
  ];
  expect(unwrapGeometry({ type: 'Polygon', coordinates: [ring] }).coordinates).toEqual([ring]);
});
