import fc from 'fast-check';
import { cellToLatLng, gridDisk, latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import { coverageCell, coverageCellsNear } from './coverage.ts';

const hex = (cell: string): string => BigInt.asUintN(64, BigInt(cell)).toString(16);

describe('the cells of coverage', () => {
  it('are those of H3 at resolution 7', () => {
    expect(hex(coverageCell(0.3476, 32.5825))).toBe(latLngToCell(0.3476, 32.5825, 7));
  });

  it('near a place are its own and neighbours of it, also at the poles and the antimeridian', () => {
    const lat = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 89.99));
    const lon = fc.oneof(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.constantFrom(-180, 180, 179.999),
    );
    fc.assert(
      fc.property(lat, lon, (atLat, atLon) => {
        const own = latLngToCell(atLat, atLon, 7);
        const near = coverageCellsNear(atLat, atLon).map(hex);
        expect(near[0]).toBe(own);
        expect(near.length).toBeLessThanOrEqual(13);
        expect(new Set(near).size).toBe(near.length);
        const around = new Set(gridDisk(own, 2));
        for (const cell of near) expect(around).toContain(cell);
      }),
    );
  });

  it('near the middle of a cell are it and all of its neighbours', () => {
    const own = latLngToCell(0.3476, 32.5825, 7);
    const near = coverageCellsNear(...cellToLatLng(own)).map(hex);
    expect(near.toSorted()).toEqual(gridDisk(own, 1).toSorted());
  });
});
