import { expect, test } from 'vitest';
import { degreeLabel, graticule } from './graticule.ts';

test('a city gets hundredths of a degree, the world gets tens', () => {
  expect(graticule([32.5, 0.25, 32.7, 0.4])).toEqual({
    stepDeg: 0.05,
    meridians: [32.5, 32.55, 32.6, 32.65, 32.7],
    parallels: [0.25, 0.3, 0.35, 0.4],
  });
  expect(graticule([-180, -85, 180, 85]).stepDeg).toBe(45);
});

test('the poles and a vast viewport stay bounded', () => {
  const lines = graticule([-720, -90, 720, 90]);
  expect(lines.meridians.length).toBeLessThanOrEqual(60);
  expect(Math.max(...lines.parallels)).toBeLessThanOrEqual(85);
});

test('labels name the hemisphere and wrap the longitude', () => {
  expect(degreeLabel(0.3, 'lat', 0.1)).toBe('0.3° N');
  expect(degreeLabel(-0.05, 'lat', 0.05)).toBe('0.05° S');
  expect(degreeLabel(190, 'lon', 10)).toBe('170° W');
  expect(degreeLabel(0, 'lat', 5)).toBe('0°');
  expect(degreeLabel(-180, 'lon', 15)).toBe('180°');
});
