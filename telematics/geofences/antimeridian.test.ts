import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAtAntimeridian, type GeofenceShapeInput } from './antimeridian.ts';
import type { Coordinates, GeofenceShape } from './geofence.ts';
import { locate } from './rings.ts';
import { checkShape } from './validity.ts';

const box = (west: number, south: number, east: number, north: number): Coordinates[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const polygon = (...coordinates: Coordinates[][]): GeofenceShapeInput => ({ type: 'Polygon', coordinates });
const partsOf = (shape: GeofenceShape): Coordinates[][][] => {
  if (shape.type === 'Polygon') return [shape.coordinates];
  return shape.type === 'MultiPolygon' ? shape.coordinates : [];
};

/** Whether the shape holds a place off its boundary. */
const holds = (shape: GeofenceShape, lon: number, lat: number) =>
  partsOf(shape).some(
    ([outline, ...holes]) =>
      locate(outline as Coordinates[], lon, lat) > 0 && holes.every((hole) => locate(hole, lon, lat) < 0),
  );

test.each<[string, Coordinates[]]>([
  ['with the short way meant', box(170, -20, -170, -10)],
  ['with longitudes beyond 180', box(170, -20, 190, -10)],
  ['with longitudes beyond -180', box(-190, -20, -170, -10)],
  [
    'named on both sides of the antimeridian',
    [
      [170, -20],
      [180, -20],
      [-180, -20],
      [-170, -20],
      [-170, -10],
      [-180, -10],
      [180, -10],
      [170, -10],
    ],
  ],
])('a ring across the antimeridian, %s, is cut in two there', (_how, ring) => {
  const shape = checkShape(polygon(ring));
  const boxes = partsOf(shape).map(([outline]) => (outline as Coordinates[]).map(([lon]) => lon));
  expect(boxes.map((lons) => [Math.min(...lons), Math.max(...lons)])).toEqual([
    [-180, -170],
    [170, 180],
  ]);
});

test('holes stay in the part that they belong to, and one across the antimeridian opens both', () => {
  const shape = checkShape(
    polygon(
      box(170, -20, 190, -10),
      box(171, -16, 172, -14),
      box(188, -16, 189, -14),
      box(178, -16, 182, -14),
    ),
  );
  expect(shape).toMatchObject({ type: 'MultiPolygon', coordinates: [{ length: 2 }, { length: 2 }] });
  expect(holds(shape, 179, -15)).toBe(false);
  expect(holds(shape, -179, -15)).toBe(false);
  expect(holds(shape, 171.5, -15)).toBe(false);
  expect(holds(shape, -171.5, -15)).toBe(false);
  expect(holds(shape, 175, -15)).toBe(true);
  expect(holds(shape, -175, -15)).toBe(true);
});

test('an edge along the antimeridian needs no cut', () => {
  const ring = box(170, 10, 180, 20);
  expect(cutAtAntimeridian(polygon(ring))).toEqual({ type: 'Polygon', coordinates: [ring] });
});

test('a ring wholly beyond ±180 is moved onto the map', () => {
  expect(checkShape(polygon(box(181, 0, 185, 5)))).toEqual(polygon(box(-179, 0, -175, 5)));
});

test.each([
  ['north', 1],
  ['south', -1],
])('a ring around the %s pole is closed over it', (_pole, sign) => {
  const shape = checkShape(
    polygon([
      [-120, sign * 60],
      [0, sign * 60],
      [120, sign * 60],
    ]),
  );
  expect(shape.type).toBe('Polygon');
  for (const lon of [-179.9, -90, 0, 90, 179.9]) {
    expect(holds(shape, lon, sign * 89.9)).toBe(true);
    expect(holds(shape, lon, sign * 60.1)).toBe(true);
    expect(holds(shape, lon, sign * 59.9)).toBe(false);
    expect(holds(shape, lon, sign * -89.9)).toBe(false);
  }
});

test.each([
  ['north', 1],
  ['south', -1],
])('a hole around the %s pole leaves a belt', (_pole, sign) => {
  const around = (lat: number): Coordinates[] => [-120, 0, 120].map((lon) => [lon, sign * lat]);
  const shape = checkShape(polygon(around(60), around(80)));
  for (const lon of [-179.9, 0, 179.9]) {
    expect(holds(shape, lon, sign * 70)).toBe(true);
    expect(holds(shape, lon, sign * 85)).toBe(false);
    expect(holds(shape, lon, sign * 50)).toBe(false);
  }
});

test.each<[string, Coordinates[], number]>([
  ['the whole Earth', box(-180, -90, 180, 90), 0],
  ['a belt around the equator', box(-180, -20, 180, 20), 0],
  [
    'Antarctica with the map’s edge drawn',
    [
      [-180, -84],
      [-180, -90],
      [180, -90],
      [180, -84],
      [0, -60],
      [-180, -84],
    ],
    -80,
  ],
])('%s is taken as it stands', (_what, ring, lat) => {
  const shape = cutAtAntimeridian(polygon(ring));
  expect(shape).toEqual({ type: 'Polygon', coordinates: [ring] });
  expect(holds(shape, 0, lat)).toBe(true);
});

test('a hole beyond its outline along the antimeridian is refused', () => {
  const outside = polygon(box(170, 0, 190, 10), box(175, 20, 185, 25));
  expect(() => checkShape(outside)).toThrow(/leads out of its outline at \[180, 20\]/);
});

test('a ring that winds around the Earth twice is refused', () => {
  const twice = Array.from({ length: 8 }, (_, i): Coordinates => [((i * 100 + 180) % 360) - 180, 10 + i]);
  expect(() => cutAtAntimeridian(polygon(twice))).toThrow(/more than once/);
});

test('the line of a corridor is named within ±180, and a long step in it remains the short way', () => {
  const line: Coordinates[] = [
    [170, 1],
    [180, 1],
    [-180, 1],
    [190, 2],
  ];
  expect(cutAtAntimeridian({ type: 'Corridor', line, widthM: 100 })).toEqual({
    type: 'Corridor',
    line: [
      [170, 1],
      [180, 1],
      [-170, 2],
    ],
    widthM: 100,
  });
});

/** A star around a place: radii in all directions, so that it never crosses itself. */
const star = fc.tuple(
  fc.constantFrom(-180, -179.5, -177, 175, 179, 180),
  fc.integer({ min: -60, max: 60 }),
  fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 5, maxLength: 12 }),
);
const corners = (lon: number, lat: number, radii: number[]): Coordinates[] =>
  radii.map((radius, i) => {
    const turn = (i / radii.length) * 2 * Math.PI;
    return [lon + radius * Math.cos(turn), lat + radius * Math.sin(turn)];
  });

test('a cut shape holds what the same shape held away from the antimeridian', () => {
  fc.assert(
    fc.property(
      star,
      fc.double({ min: -25, max: 25, noNaN: true }),
      fc.double({ min: -25, max: 25, noNaN: true }),
      ([lon, lat, radii], east, north) => {
        const outline = corners(lon, lat, radii);
        const hole = corners(
          lon,
          lat,
          radii.map((radius) => radius / 3),
        );
        const shape = checkShape(polygon(outline, hole));
        for (const ring of partsOf(shape).flat()) {
          for (const [i, [at]] of ring.entries()) {
            const [before] = ring[Math.max(0, i - 1)] as Coordinates;
            expect(Math.abs(at)).toBeLessThanOrEqual(180);
            expect(Math.abs(at - before)).toBeLessThan(180);
          }
        }
        const whole = [outline, hole].map((ring) => [...ring, ring[0] as Coordinates]);
        const isInside =
          locate(whole[0] as Coordinates[], lon + east, lat + north) > 0 &&
          locate(whole[1] as Coordinates[], lon + east, lat + north) < 0;
        const onMap = ((((lon + east + 180) % 360) + 360) % 360) - 180;
        expect(holds(shape, onMap, lat + north)).toBe(isInside);
      },
    ),
    { numRuns: 1_500, seed: 4 },
  );
});
