import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM } from '../../positions/distance.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import { arbitraryPlace, pointsOf, shapeNear } from '../index/testing/arbitrary-shapes.ts';
import { containsPoint } from './contains.ts';

const ring = (west: number, south: number, east: number, north: number): Coordinates[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const withHole: GeofenceShape = { type: 'Polygon', coordinates: [ring(0, 0, 10, 10), ring(4, 4, 6, 6)] };

describe('whether a shape holds a point', () => {
  it('is what turf says of polygons, on their boundaries too', () => {
    const scenes = arbitraryPlace.chain((place) =>
      shapeNear(place).chain((shape) =>
        fc.tuple(fc.constant(shape), fc.array(pointsOf([shape], place), { minLength: 1, maxLength: 20 })),
      ),
    );
    fc.assert(
      fc.property(scenes, ([shape, points]) => {
        if (shape.type !== 'Polygon' && shape.type !== 'MultiPolygon') return;
        for (const [lon, lat] of points.filter(([lon, lat]) => Math.abs(lon) < 180 && Math.abs(lat) < 90)) {
          expect(containsPoint(shape, lat, lon)).toBe(booleanPointInPolygon([lon, lat], shape));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['within', 2, 2, true],
    ['on an edge', 0, 5, true],
    ['on a vertex', 10, 10, true],
    ['in line with an edge, beyond it', 10, 11, false],
    ['at the height of a vertex, outside', 0, -1, false],
    ['in the hole', 5, 5, false],
    ['on the edge of the hole', 4, 5, true],
    ['on a vertex of the hole', 6, 6, true],
  ])('is told of a point %s of a polygon with a hole', (_, lat, lon, expected) => {
    expect(containsPoint(withHole, lat, lon)).toBe(expected);
  });

  it('is the same for both names of the antimeridian', () => {
    const shape: GeofenceShape = {
      type: 'MultiPolygon',
      coordinates: [[ring(179, -1, 180, 1)], [ring(-180, -1, -179, 0)]],
    };
    for (const lon of [180, -180]) {
      expect(containsPoint(shape, 0.5, lon)).toBe(true);
      expect(containsPoint(shape, 1.5, lon)).toBe(false);
    }
    expect(containsPoint(shape, 0.5, -179.9)).toBe(false);
  });

  it('is the same for all names of a pole', () => {
    const cap: GeofenceShape = { type: 'Polygon', coordinates: [ring(-180, 80, 180, 90)] };
    const below: GeofenceShape = { type: 'Polygon', coordinates: [ring(-180, 80, 180, 89.9)] };
    for (const lon of [-180, -17, 0, 90, 180]) {
      expect(containsPoint(cap, 90, lon)).toBe(true);
      expect(containsPoint(below, 90, lon)).toBe(false);
    }
  });

  it('is by great circle for circles, also around a pole and across the antimeridian', () => {
    const polar: GeofenceShape = { type: 'Circle', center: [40, 89.9], radiusM: 20_000 };
    expect(containsPoint(polar, 90, 0)).toBe(true);
    expect(containsPoint(polar, 89.95, -140)).toBe(true);
    expect(containsPoint(polar, 89.8, -140)).toBe(false);
    const fiji: GeofenceShape = { type: 'Circle', center: [179.99, -17], radiusM: 5_000 };
    expect(containsPoint(fiji, -17, -179.99)).toBe(true);
    expect(containsPoint(fiji, -17, -179.9)).toBe(false);
  });

  it('includes the points at exactly the radius of a circle', () => {
    const radiusM = distanceM(0.35, 32.58, 0.36, 32.59);
    expect(containsPoint({ type: 'Circle', center: [32.58, 0.35], radiusM }, 0.36, 32.59)).toBe(true);
  });

  it('is within half the width of the line of a corridor, around its ends too', () => {
    const corridor: GeofenceShape = {
      type: 'Corridor',
      line: [
        [32, 0],
        [33, 0],
        [33, 1],
      ],
      widthM: 1_000,
    };
    const metres = (count: number): number => count / 111_195.08;
    expect(containsPoint(corridor, metres(499), 32.5)).toBe(true);
    expect(containsPoint(corridor, metres(501), 32.5)).toBe(false);
    expect(containsPoint(corridor, 0, 32 - metres(499))).toBe(true);
    expect(containsPoint(corridor, 0, 32 - metres(501))).toBe(false);
    expect(containsPoint(corridor, 0.5, 33 + metres(499))).toBe(true);
  });

  it('is not what lies along the step of a corridor over the antimeridian', () => {
    const corridor: GeofenceShape = {
      type: 'Corridor',
      line: [
        [179.9, 0],
        [180, 0],
        [-180, 0],
        [-179.9, 0],
      ],
      widthM: 1_000,
    };
    expect(containsPoint(corridor, 0, -179.95)).toBe(true);
    expect(containsPoint(corridor, 0.001, 180)).toBe(true);
    expect(containsPoint(corridor, 0, 0)).toBe(false);
  });
});
