import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM } from '../../positions/distance.ts';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import { distanceToBoundaryM } from './boundary-distance.ts';
import { segmentDistanceM } from './segment.ts';

const KM_PER_DEGREE = 111.195_08;
const ring = (west: number, south: number, east: number, north: number): Coordinates[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const square: GeofenceShape = { type: 'Polygon', coordinates: [ring(32, 0, 33, 1)] };

/** The shortest of the distances to very many points of a segment. */
function sampledDistanceM(lat: number, lon: number, a: Coordinates, b: Coordinates): number {
  let [low, high] = [0, 1];
  const at = (share: number): number =>
    distanceM(lat, lon, a[1] + share * (b[1] - a[1]), a[0] + share * (b[0] - a[0]));
  for (let zoom = 0; zoom < 5; zoom++) {
    const width = (high - low) / 200;
    const shares = Array.from({ length: 201 }, (_, step) => low + step * width);
    const nearest = shares.reduce((best, share) => (at(share) < at(best) ? share : best));
    [low, high] = [Math.max(0, nearest - width), Math.min(1, nearest + width)];
  }
  return at((low + high) / 2);
}

describe('the distance to the boundary', () => {
  it.each([
    ['inside', 0.5, 32.01, 0.01],
    ['outside', 0.5, 31.9, 0.1],
    ['beyond a vertex', -0.03, 31.96, 0.05],
    ['on an edge', 1, 32.5, 0],
  ])('of a polygon is known %s', (_, lat, lon, degrees) => {
    expect(distanceToBoundaryM(square, lat, lon) / 1_000).toBeCloseTo(degrees * KM_PER_DEGREE, 2);
  });

  it('counts the edges of holes and of all parts', () => {
    const withHole: GeofenceShape = {
      type: 'MultiPolygon',
      coordinates: [[ring(0, 0, 10, 10), ring(4, 4, 6, 6)], [ring(20, 0, 30, 10)]],
    };
    expect(distanceToBoundaryM(withHole, 5, 4.01) / 1_000).toBeCloseTo(0.01 * KM_PER_DEGREE, 1);
    expect(distanceToBoundaryM(withHole, 5, 19.99) / 1_000).toBeCloseTo(0.01 * KM_PER_DEGREE, 1);
  });

  it('of circles and corridors is the difference to their reach', () => {
    expect(distanceToBoundaryM({ type: 'Circle', center: [32, 0], radiusM: 500 }, 0, 32)).toBe(500);
    const corridor: GeofenceShape = {
      type: 'Corridor',
      line: [
        [32, 0],
        [33, 0],
      ],
      widthM: 1_000,
    };
    expect(distanceToBoundaryM(corridor, 0, 32.5)).toBeCloseTo(500, 3);
    expect(distanceToBoundaryM(corridor, 0.01, 32.5)).toBeCloseTo(611.95, 1);
  });

  it('does not take the cut at the antimeridian for a boundary', () => {
    const fiji: GeofenceShape = {
      type: 'MultiPolygon',
      coordinates: [[ring(179, -1, 180, 1)], [ring(-180, -1, -179, 0)]],
    };
    expect(distanceToBoundaryM(fiji, -0.5, 179.999) / 1_000).toBeCloseTo(0.5 * KM_PER_DEGREE, 1);
    // North of the western part the antimeridian is a boundary.
    expect(distanceToBoundaryM(fiji, 0.5, 179.99) / 1_000).toBeCloseTo(0.01 * KM_PER_DEGREE, 2);
    expect(distanceToBoundaryM(fiji, 0.5, -179.99) / 1_000).toBeCloseTo(0.01 * KM_PER_DEGREE, 2);
  });

  it('does not take a pole that a polygon surrounds for a boundary', () => {
    const cap: GeofenceShape = { type: 'Polygon', coordinates: [ring(-180, 89, 180, 90)] };
    expect(distanceToBoundaryM(cap, 89.99, 17) / 1_000).toBeCloseTo(0.99 * KM_PER_DEGREE, 1);
    const wedge: GeofenceShape = { type: 'Polygon', coordinates: [ring(0, 89, 20, 90)] };
    expect(distanceToBoundaryM(wedge, 89.99, -170) / 1_000).toBeCloseTo(0.01 * KM_PER_DEGREE, 2);
  });

  it('is never shorter and hardly longer than the way to the nearest of many points', () => {
    const offset = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: -80, max: 80, noNaN: true }),
        fc.double({ min: -179, max: 179, noNaN: true }),
        fc.tuple(offset, offset, offset, offset),
        (lat, lon, [aLat, aLon, bLat, bLon]) => {
          const a: Coordinates = [lon + aLon, lat + aLat];
          const b: Coordinates = [lon + bLon, lat + bLat];
          const found = segmentDistanceM(lat, lon, a[1], a[0], b[1], b[0]);
          const nearest = sampledDistanceM(lat, lon, a, b);
          expect(found).toBeGreaterThanOrEqual(nearest * (1 - 1e-6) - 0.01);
          expect(found).toBeLessThanOrEqual(nearest * 1.001 + 0.01);
        },
      ),
      { numRuns: 500 },
    );
  });
});
