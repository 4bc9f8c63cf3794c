import fc from 'fast-check';
import { cellToBoundary, latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import type { Coordinates, GeofenceShape } from '../geofence.ts';
import { distanceToBoundaryM } from '../shape/boundary-distance.ts';
import { containsPoint } from '../shape/contains.ts';
import { leadsThrough } from '../shape/way.ts';
import type { FenceIndex } from './fence-index.ts';
import { createFenceIndex } from './index.ts';
import { arbitraryPlace, pointsOf, shapeNear } from './testing/arbitrary-shapes.ts';

const TIMEOUT_MS = 60_000;

const sorted = (keys: readonly number[]): number[] => [...keys].sort((a, b) => a - b);
const indexOf = (shapes: ReadonlyMap<number, GeofenceShape>): FenceIndex => {
  const index = createFenceIndex();
  for (const [key, shape] of shapes) index.put(key, shape);
  return index;
};
const holding = (shapes: ReadonlyMap<number, GeofenceShape>, [lon, lat]: Coordinates): number[] =>
  sorted([...shapes].filter(([, shape]) => containsPoint(shape, lat, lon)).map(([key]) => key));
const ledThrough = (
  shapes: ReadonlyMap<number, GeofenceShape>,
  from: Coordinates,
  to: Coordinates,
): number[] =>
  sorted(
    [...shapes]
      .filter(([, shape]) => leadsThrough(shape, from[1], from[0], to[1], to[0]))
      .map(([key]) => key),
  );

/** Shapes around a place, and points on and about them. */
const scene = arbitraryPlace.chain((place) =>
  fc
    .array(shapeNear(place), { minLength: 1, maxLength: 6 })
    .chain((shapes) =>
      fc.tuple(fc.constant(shapes), fc.array(pointsOf(shapes, place), { minLength: 2, maxLength: 20 })),
    ),
);

describe('the index of geofences', () => {
  it('finds what brute force finds, on boundaries too', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(scene, ([list, points]) => {
        const shapes = new Map(list.entries());
        const index = indexOf(shapes);
        for (const point of points) {
          expect(sorted(index.containing(point[1], point[0]))).toEqual(holding(shapes, point));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds the ways through that brute force finds', { timeout: TIMEOUT_MS }, () => {
    const bend = fc.tuple(
      fc.double({ min: -5, max: -0.8, noNaN: true }),
      fc.double({ min: 0, max: 6.28, noNaN: true }),
    );
    fc.assert(
      fc.property(scene, fc.array(bend, { minLength: 1, maxLength: 5 }), ([list, points], bends) => {
        const shapes = new Map(list.entries());
        const index = indexOf(shapes);
        for (const from of points) {
          for (const [magnitude, angle] of bends) {
            const lon = from[0] + 10 ** magnitude * Math.cos(angle);
            const lat = Math.max(-90, Math.min(90, from[1] + 10 ** magnitude * Math.sin(angle)));
            const to: Coordinates = [lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon, lat];
            expect(sorted(index.crossed(from[1], from[0], to[1], to[0]))).toEqual(
              ledThrough(shapes, from, to),
            );
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('finds what brute force finds whatever was put, replaced and removed before', {
    timeout: TIMEOUT_MS,
  }, () => {
    const steps = arbitraryPlace.chain((place) =>
      fc.tuple(
        fc.array(fc.tuple(fc.nat(6), fc.option(shapeNear(place), { freq: 3 })), {
          minLength: 1,
          maxLength: 25,
        }),
        fc.array(pointsOf([{ type: 'Circle', center: place, radiusM: 500 }], place), {
          minLength: 5,
          maxLength: 5,
        }),
      ),
    );
    fc.assert(
      fc.property(steps, ([changes, points]) => {
        const index = createFenceIndex();
        const shapes = new Map<number, GeofenceShape>();
        for (const [key, shape] of changes) {
          if (shape) {
            index.put(key, shape);
            shapes.set(key, shape);
          } else {
            index.remove(key);
            shapes.delete(key);
          }
          expect(index.size).toBe(shapes.size);
          for (const point of points) {
            expect(sorted(index.containing(point[1], point[0]))).toEqual(holding(shapes, point));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says how far boundaries are as is said of each shape alone', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(scene, ([list, points]) => {
        const index = indexOf(new Map(list.entries()));
        for (const [key, shape] of list.entries()) {
          for (const [lon, lat] of points) {
            expect(index.distanceToBoundaryM(key, lat, lon)).toBe(distanceToBoundaryM(shape, lat, lon));
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(() => createFenceIndex().distanceToBoundaryM(1, 0, 0)).toThrow(RangeError);
  });

  it('finds what brute force finds among tens of thousands of edges, before and after changes', {
    timeout: TIMEOUT_MS,
  }, () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const place = (): Coordinates => [32.58 + random() * 0.008, 0.35 + random() * 0.008];
    const shapes = new Map<number, GeofenceShape>();
    const index = createFenceIndex();
    const put = (key: number): void => {
      const radius = 10 ** (-2.4 - 2 * random());
      const shape = key % 7 === 0 ? twoStars(place(), radius, random) : star(place(), radius, 300, random);
      shapes.set(key, shape);
      index.put(key, shape);
    };
    const compare = (): void => {
      for (let at = 0; at < 1_000; at++) {
        const from = place();
        const to: Coordinates = [from[0] + (random() - 0.5) * 0.002, from[1] + (random() - 0.5) * 0.002];
        expect(sorted(index.containing(from[1], from[0]))).toEqual(holding(shapes, from));
        expect(sorted(index.crossed(from[1], from[0], to[1], to[0]))).toEqual(ledThrough(shapes, from, to));
      }
    };
    for (let key = 0; key < 100; key++) put(key);
    compare();
    for (let key = 0; key < 100; key += 3) put(key);
    for (let key = 1; key < 100; key += 3) {
      shapes.delete(key);
      index.remove(key);
    }
    compare();
  });

  it('finds what brute force finds in more places than it remembers', () => {
    const shapes = new Map<number, GeofenceShape>([
      [1, square([34, 2], 2.5, 1)],
      [2, { type: 'Circle', center: [34, 2], radiusM: 150_000 }],
    ]);
    const index = indexOf(shapes);
    for (let lat = 0; lat < 4; lat += 1 / 64) {
      for (let lon = 31; lon < 37; lon += 1 / 64) {
        const [northern, eastern] = [lat + 0.003, lon + 0.004];
        expect(index.containing(northern, eastern).length).toBe(holding(shapes, [eastern, northern]).length);
      }
    }
  });

  it('finds what brute force finds on the borders between cells', () => {
    const center: Coordinates = [32.58, 0.35];
    const shapes = new Map<number, GeofenceShape>([
      [1, { type: 'Circle', center, radiusM: 3_000 }],
      [2, square(center, 0.02)],
      [3, { type: 'Corridor', line: [center, [32.7, 0.4]], widthM: 500 }],
    ]);
    const index = indexOf(shapes);
    for (let resolution = 5; resolution <= 12; resolution++) {
      for (let at = 0; at < 200; at++) {
        const cell = latLngToCell(0.35 + 0.03 * Math.sin(at), 32.58 + 0.03 * Math.cos(at * 1.7), resolution);
        for (const [lat, lon] of cellToBoundary(cell)) {
          expect(sorted(index.containing(lat, lon))).toEqual(holding(shapes, [lon, lat]));
        }
      }
    }
  });

  it('finds each of thousands of fences over the same place', () => {
    const center: Coordinates = [32.58, 0.35];
    const index = createFenceIndex();
    for (let key = 0; key < 2_000; key++) index.put(key, square(center, 0.05 + key * 1e-6));
    expect(sorted(index.containing(0.35, 32.58))).toEqual(Array.from({ length: 2_000 }, (_, key) => key));
    expect(index.containing(0.35, 32.58 + 0.051_000_5).length).toBe(999);
    for (let key = 0; key < 2_000; key += 2) index.remove(key);
    expect(index.containing(0.35, 32.58).length).toBe(1_000);
  });

  it('holds the whole Earth, a continent and a circle of five metres at once', () => {
    const world = square([0, 0], 180, 90);
    const shapes = new Map<number, GeofenceShape>([
      [1, world],
      [2, square([20, 5], 25, 30)],
      [3, { type: 'Circle', center: [32.58, 0.35], radiusM: 5 }],
    ]);
    const index = indexOf(shapes);
    expect(sorted(index.containing(0.35, 32.58))).toEqual([1, 2, 3]);
    expect(sorted(index.containing(0.350_1, 32.58))).toEqual([1, 2]);
    expect(index.containing(-80, -170)).toEqual([1]);
    for (const [lat, lon] of [
      [90, 0],
      [-90, 12],
      [12, 180],
      [12, -180],
      [90, 180],
    ] as const) {
      expect(index.containing(lat, lon)).toEqual([1]);
    }
  });

  it('takes both names of the antimeridian for one', () => {
    const west: GeofenceShape = square([-179.5, 0], 0.5);
    const east: GeofenceShape = square([179.5, 0], 0.5);
    const index = indexOf(
      new Map([
        [1, west],
        [2, east],
      ]),
    );
    expect(sorted(index.containing(0, 180))).toEqual([1, 2]);
    expect(sorted(index.containing(0, -180))).toEqual([1, 2]);
    expect(index.containing(0, 179.999)).toEqual([2]);
    expect(index.containing(0, -179.999)).toEqual([1]);
  });

  it('finds each shape of many parts once', () => {
    const squares = [-0.1, 0, 0.1].map(
      (lon) => (square([lon, 0], 0.05) as { coordinates: Coordinates[][] }).coordinates,
    );
    const index = indexOf(new Map([[7, { type: 'MultiPolygon', coordinates: squares }]]));
    // Two of the parts touch there.
    expect(index.containing(0, 0.05)).toEqual([7]);
    expect(index.crossed(0.01, -0.2, 0.01, -0.16)).toEqual([]);
    expect(index.crossed(0.06, -0.06, 0.04, -0.16)).toEqual([7]);
  });

  it('finds no way through a fence that holds an end, nor one longer than twenty kilometres', () => {
    const index = indexOf(new Map([[1, square([0, 0], 0.01)]]));
    expect(index.crossed(0, -0.02, 0, 0.02)).toEqual([1]);
    expect(index.crossed(0, -0.02, 0, 0)).toEqual([]);
    expect(index.crossed(0, -0.02, 0, 0.01)).toEqual([]);
    expect(index.crossed(0, -0.089, 0, 0.089)).toEqual([1]);
    expect(index.crossed(0, -0.091, 0, 0.091)).toEqual([]);
  });

  it('finds a way through that just touches a corner', () => {
    const index = indexOf(new Map([[1, square([0, 0], 0.5)]]));
    expect(index.crossed(0.5625, 0.4375, 0.4375, 0.5625)).toEqual([1]);
  });
});

function square([lon, lat]: Coordinates, halfLon: number, halfLat = halfLon): GeofenceShape {
  const [west, east, south, north] = [lon - halfLon, lon + halfLon, lat - halfLat, lat + halfLat];
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

function star([lon, lat]: Coordinates, radius: number, corners: number, random: () => number): GeofenceShape {
  const ring = Array.from({ length: corners }, (_, at): Coordinates => {
    const angle = (2 * Math.PI * at) / corners;
    const reach = radius * (0.6 + 0.4 * random());
    return [lon + reach * Math.cos(angle), lat + reach * Math.sin(angle)];
  });
  return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] };
}

function twoStars([lon, lat]: Coordinates, radius: number, random: () => number): GeofenceShape {
  const coordinates = [lon, lon + radius].map(
    (west) => (star([west, lat], radius, 100, random) as { coordinates: Coordinates[][] }).coordinates,
  );
  return { type: 'MultiPolygon', coordinates };
}
