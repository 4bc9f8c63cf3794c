import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceM } from './distance.ts';

const DEGREE_M = 111_195.08;
const lat = fc.double({ min: -90, max: 90, noNaN: true });
const lon = fc.double({ min: -180, max: 180, noNaN: true });

describe('the distance of two places', () => {
  it.each([
    ['a degree north', [0, 0, 1, 0], DEGREE_M],
    ['a degree east on the equator', [0, 0, 0, 1], DEGREE_M],
    ['a degree east at 60° north', [60, 10, 60, 11], DEGREE_M / 2],
    ['over the antimeridian', [0, 179.5, 0, -179.5], DEGREE_M],
    ['the same meridian under both of its names', [45, 180, 45, -180], 0],
    ['over a pole', [89.5, 0, 89.5, 180], DEGREE_M],
    ['half around', [0, 0, 0, 180], 180 * DEGREE_M],
    ['from pole to pole', [90, 12, -90, -150], 180 * DEGREE_M],
    ['a metre', [0.25, 32.5, 0.250_009, 32.5], 1.000_8],
  ] as const)('%s', (_name, [lat1, lon1, lat2, lon2], expected) => {
    const distance = distanceM(lat1, lon1, lat2, lon2);
    expect(Math.abs(distance - expected)).toBeLessThan(Math.max(expected * 1e-4, 1e-3));
  });

  it('is none from a place to itself, the same both ways, finite, and at most half around', () => {
    fc.assert(
      fc.property(lat, lon, lat, lon, (lat1, lon1, lat2, lon2) => {
        const there = distanceM(lat1, lon1, lat2, lon2);
        expect(distanceM(lat1, lon1, lat1, lon1)).toBe(0);
        expect(Math.abs(there - distanceM(lat2, lon2, lat1, lon1))).toBeLessThan(1e-6);
        expect(there).toBeGreaterThanOrEqual(0);
        expect(there).toBeLessThanOrEqual(180 * DEGREE_M + 1);
      }),
    );
  });

  it('is never longer than the way over a third place', () => {
    fc.assert(
      fc.property(lat, lon, lat, lon, lat, lon, (lat1, lon1, lat2, lon2, lat3, lon3) => {
        const over = distanceM(lat1, lon1, lat3, lon3) + distanceM(lat3, lon3, lat2, lon2);
        expect(distanceM(lat1, lon1, lat2, lon2)).toBeLessThanOrEqual(over + 0.1);
      }),
    );
  });
});
