import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM } from './distance.ts';
import { createSimplifier, eastOf, MAX_WAITING_FIXES, type Place } from './track-simplifier.ts';

interface Fix extends Place {
  at: number;
}

function simplify(fixes: readonly Fix[], toleranceM: number): Fix[] {
  const simplifier = createSimplifier<Fix>(toleranceM);
  const kept = fixes.map((fix) => simplifier.push(fix));
  return [...kept, simplifier.end()].filter((fix) => fix !== null);
}

/**
 * Metres on the sphere from a place to the line between two others, found by trying: the line cut
 * into ever shorter pieces around the nearest point. Shares no formula with what it judges.
 */
function metresToLine(place: Place, from: Place, to: Place): number {
  const at = (share: number) =>
    distanceM(
      place.lat,
      place.lon,
      from.lat + (to.lat - from.lat) * share,
      from.lon + eastOf(from.lon, to.lon) * share,
    );
  let low = 0;
  let high = 1;
  let nearest = Math.min(at(0), at(1));
  for (let round = 0; round < 12; round += 1) {
    const shares = Array.from({ length: 11 }, (_, step) => low + ((high - low) * step) / 10);
    const distances = shares.map(at);
    const best = distances.indexOf(Math.min(...distances));
    nearest = Math.min(nearest, distances[best]!);
    low = shares[Math.max(0, best - 1)]!;
    high = shares[Math.min(10, best + 1)]!;
  }
  return nearest;
}

/** The greatest distance of a dropped fix from the line that spans its time. */
function greatestError(fixes: readonly Fix[], kept: readonly Fix[]): number {
  let greatest = 0;
  let next = 0;
  for (const fix of fixes) {
    while (kept[next]!.at < fix.at) next += 1;
    const before = kept[Math.max(0, next - 1)]!;
    greatest = Math.max(greatest, kept[next]!.at === fix.at ? 0 : metresToLine(fix, before, kept[next]!));
  }
  return greatest;
}

/** A drive that stands, creeps, speeds, turns back on itself and jumps, from anywhere on Earth. */
const drive = fc
  .record({
    lat: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(0, 89.99, -89.999, 90, 60)),
    lon: fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(179.9999, -180, 0)),
    steps: fc.array(
      fc.record({
        north: fc.double({ min: -1, max: 1, noNaN: true }),
        east: fc.double({ min: -1, max: 1, noNaN: true }),
        scale: fc.constantFrom(0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1),
        times: fc.integer({ min: 1, max: 12 }),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ lat, lon, steps }) => {
    const fixes: Fix[] = [{ at: 0, lat, lon }];
    for (const { north, east, scale, times } of steps) {
      for (let time = 0; time < times; time += 1) {
        const last = fixes.at(-1)!;
        fixes.push({
          at: fixes.length,
          lat: Math.max(-90, Math.min(90, last.lat + north * scale)),
          lon: eastOf(0, last.lon + east * scale),
        });
      }
    }
    return fixes;
  });
const tolerance = fc.constantFrom(0, 1, 10, 100, 1_000, 10_000);

test('no dropped fix is further from the line over its time than the tolerance, anywhere on Earth', () => {
  fc.assert(
    fc.property(drive, tolerance, (fixes, toleranceM) => {
      const kept = simplify(fixes, toleranceM);
      // A haversine of places that are nearly the same loses some millimetres to rounding.
      expect(greatestError(fixes, kept)).toBeLessThanOrEqual(toleranceM * (1 + 1e-9) + 0.02);
    }),
    { numRuns: 400 },
  );
});

test('first and last fix are kept, and what is kept is a part of the track in its order', () => {
  fc.assert(
    fc.property(drive, tolerance, (fixes, toleranceM) => {
      const kept = simplify(fixes, toleranceM);
      expect(kept[0]).toBe(fixes[0]);
      expect(kept.at(-1)).toBe(fixes.at(-1));
      const times = kept.map(({ at }) => at);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      for (const fix of kept) expect(fixes[fix.at]).toBe(fix);
    }),
  );
});

test('what is simplified already gets no longer and stays within the tolerance of itself', () => {
  fc.assert(
    fc.property(drive, tolerance, (fixes, toleranceM) => {
      const once = simplify(fixes, toleranceM);
      const twice = simplify(once, toleranceM);
      expect(twice.length).toBeLessThanOrEqual(once.length);
      expect(greatestError(once, twice)).toBeLessThanOrEqual(toleranceM * (1 + 1e-9) + 0.02);
    }),
  );
});

const line = (count: number, place: (at: number) => Place): Fix[] =>
  Array.from({ length: count }, (_, at) => ({ at, ...place(at) }));

test('a straight road is its two ends, also across the antimeridian', () => {
  const road = line(100, (at) => ({ lat: -17, lon: eastOf(0, 179.95 + at * 0.001) }));
  expect(simplify(road, 10).map(({ at }) => at)).toEqual([0, 99]);
});

test.each([0, 45, 60, -70, 80])(
  'at %i° a fix is dropped just within the tolerance and kept just beyond it',
  (lat) => {
    const north = distanceM(0, 0, 1, 0);
    const east = distanceM(lat, 0, lat, 1e-4) * 1e4;
    for (const off of [0.98, 1.02]) {
      const metres = 10 * off;
      // Aside of a road to the north, aside of one to the east, and beyond the end of a road that was driven back.
      const besideNorth = [
        { lat, lon: 0 },
        { lat: lat + 0.001, lon: metres / east },
        { lat: lat + 0.002, lon: 0 },
      ];
      const besideEast = [
        { lat, lon: 0 },
        { lat: lat + metres / north, lon: 0.001 },
        { lat, lon: 0.002 },
      ];
      const beyond = [
        { lat, lon: 0 },
        { lat, lon: 0.001 + metres / east },
        { lat, lon: 0.001 },
      ];
      for (const places of [besideNorth, besideEast, beyond]) {
        const kept = simplify(
          places.map((place, at) => ({ at, ...place })),
          10,
        );
        expect(kept.length).toBe(off < 1 ? 2 : 3);
      }
    }
  },
);

test('where a vehicle turned back, the turn is kept', () => {
  const road = line(21, (at) => ({ lat: 0.3, lon: 32.5 + (at <= 10 ? at : 20 - at) * 0.001 }));
  expect(simplify(road, 10).map(({ at }) => at)).toEqual([0, 10, 20]);
});

test('a vehicle that stands for days costs one fix in every full window', () => {
  const standing = line(10_000, () => ({ lat: 0.3, lon: 32.5 }));
  expect(simplify(standing, 10).length).toBe(1 + Math.ceil(9_999 / (MAX_WAITING_FIXES + 1)));
});

test.each([0, 1, 2])('a track of %i fixes is itself', (count) => {
  const fixes = line(count, (at) => ({ lat: at, lon: at }));
  expect(simplify(fixes, 10_000)).toEqual(fixes);
});

test('after its end a simplifier begins anew', () => {
  const simplifier = createSimplifier<Fix>(10);
  const road = line(5, (at) => ({ lat: at, lon: 0 }));
  const run = () => [...road.map((fix) => simplifier.push(fix)), simplifier.end()];
  expect(run()).toEqual(run());
});
