import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bounds, bounds, viewportOf } from './viewport.ts';

test('a viewport holds what is between its edges and on them', () => {
  const contains = viewportOf([32.5, 0.2, 32.7, 0.4]);
  expect(contains(0.3, 32.6)).toBe(true);
  expect(contains(0.2, 32.5)).toBe(true);
  expect(contains(0.4, 32.7)).toBe(true);
  expect(contains(0.41, 32.6)).toBe(false);
  expect(contains(0.3, 32.71)).toBe(false);
  expect(contains(0.3, 32.49)).toBe(false);
});

test('west greater than east crosses the antimeridian', () => {
  const fiji = viewportOf([177, -20, -178, -15]);
  expect(fiji(-17, 178)).toBe(true);
  expect(fiji(-17, 180)).toBe(true);
  expect(fiji(-17, -180)).toBe(true);
  expect(fiji(-17, -179)).toBe(true);
  expect(fiji(-17, 0)).toBe(false);
  expect(fiji(-17, -177)).toBe(false);
});

test('a map that was turned around the world sees the same as one that was not', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: 1, max: 359, noNaN: true }),
      fc.constantFrom(-360, 360),
      fc.double({ min: -179, max: 179, noNaN: true }),
      (west, width, turn, lon) => {
        const edge = (east: number) => Math.abs(((((east - lon) % 360) + 540) % 360) - 180);
        // Rounding moves an edge by a hair, which is not what this is about.
        fc.pre(edge(west) > 1e-6 && edge(west + width) > 1e-6);
        const plain = viewportOf([west, -10, west + width, 10]);
        const turned = viewportOf([west + turn, -10, west + width + turn, 10]);
        const inside = (((lon - west) % 360) + 360) % 360 < width;
        expect(plain(0, lon)).toBe(inside);
        expect(turned(0, lon)).toBe(inside);
      },
    ),
  );
});

test('a viewport as wide as the world holds every longitude', () => {
  const world = viewportOf([-200, -85, 200, 85]);
  for (const lon of [-180, -90, 0, 90, 180]) expect(world(0, lon)).toBe(true);
  expect(world(86, 0)).toBe(false);
});

test('bounds that no map has are refused', () => {
  const refused: unknown[] = [
    [0, 10, 1, 5],
    [0, -91, 1, 5],
    [0, 0, 1],
    [0, 0, 1, Number.NaN],
    ['0', 0, 1, 1],
    [-999, 0, 1, 1],
  ];
  for (const box of refused) expect(bounds.safeParse(box).success).toBe(false);
  expect(bounds.parse([170, -10, -170, 10])).toEqual([170, -10, -170, 10] satisfies Bounds);
});
