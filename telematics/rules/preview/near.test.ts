import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GeofenceShape } from '../../geofences/geofence.ts';
import { containsPoint } from '../../geofences/shape/contains.ts';
import { boundsOf, isNear } from './near.ts';

const lon = fc.double({ min: -180, max: 180, noNaN: true });
const lat = fc.double({ min: -90, max: 90, noNaN: true });
const circle: fc.Arbitrary<GeofenceShape> = fc.record({
  type: fc.constant('Circle' as const),
  center: fc.tuple(lon, lat),
  radiusM: fc.double({ min: 1, max: 500_000, noNaN: true }),
});

describe('whether a shape is near a track', () => {
  it('is never denied of one that holds a point of the track', () => {
    fc.assert(
      fc.property(circle, fc.array(fc.tuple(lon, lat), { minLength: 1, maxLength: 4 }), (shape, points) => {
        const touches = points.some(([x, y]) => containsPoint(shape, y, x));
        fc.pre(touches);
        expect(isNear(shape, boundsOf(points)!)).toBe(true);
      }),
      { numRuns: 200, maxSkipsPerRun: 5_000 },
    );
  });

  it('is denied of one in another city', () => {
    const shape: GeofenceShape = { type: 'Circle', center: [36.8, -1.3], radiusM: 20_000 };
    expect(isNear(shape, boundsOf([[32.5, 0.3]])!)).toBe(false);
    expect(isNear(shape, boundsOf([[36.7, -1.2]])!)).toBe(true);
  });

  it('is seen across the antimeridian', () => {
    const shape: GeofenceShape = { type: 'Circle', center: [179.99, 0], radiusM: 20_000 };
    expect(isNear(shape, boundsOf([[-179.95, 0]])!)).toBe(true);
  });
});
