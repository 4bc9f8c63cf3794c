import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GeofenceShapeInput } from './antimeridian.ts';
import { type Coordinates, type GeofenceShape, geofenceShape, MAX_VERTICES } from './geofence.ts';
import { signedAreaM2 } from './rings.ts';
import { codeOf, starRing } from './testing/shapes.ts';
import { checkShape } from './validity.ts';

const SQUARE: Coordinates[] = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
  [0, 0],
];
const square = (west: number, south: number, size: number): Coordinates[] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
];
const polygon = (...coordinates: Coordinates[][]): GeofenceShapeInput => ({ type: 'Polygon', coordinates });
const multi = (...coordinates: Coordinates[][][]): GeofenceShapeInput => ({
  type: 'MultiPolygon',
  coordinates,
});

function refusal(shape: GeofenceShapeInput): { code: string; status: number; message: string } {
  try {
    checkShape(shape);
  } catch (error) {
    return error as { code: string; status: number; message: string };
  }
  throw new Error('The shape was taken.');
}

test.each<[string, GeofenceShapeInput, string, RegExp]>([
  [
    'a bow tie',
    polygon([
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
    ]),
    'shape_self_crossing',
    /crosses itself at \[0\.5, 0\.5\]/,
  ],
  [
    'a spike',
    polygon([
      [0, 0],
      [2, 0],
      [1, 0],
      [1, 1],
    ]),
    'shape_self_crossing',
    /runs along itself at \[1, 0\]/,
  ],
  [
    'a hole across its outline',
    polygon(SQUARE, square(8, 8, 4)),
    'shape_self_crossing',
    /Two rings.*cross at/,
  ],
  ['a hole along its outline', polygon(SQUARE, square(0, 2, 4)), 'shape_self_crossing', /share an edge/],
  ['a hole outside', polygon(SQUARE, square(20, 2, 4)), 'shape_self_crossing', /\[20, 2\] lies outside/],
  [
    'a hole in a hole',
    polygon(SQUARE, square(2, 2, 6), square(3, 3, 1)),
    'shape_self_crossing',
    /\[3, 3\] lies in another hole/,
  ],
  [
    'a part in a part',
    multi([SQUARE], [square(2, 2, 2)]),
    'shape_self_crossing',
    /\[2, 2\] lies in another part/,
  ],
  [
    'a part around a part',
    multi([square(2, 2, 2)], [SQUARE]),
    'shape_self_crossing',
    /\[2, 2\] lies in another part/,
  ],
  ['parts that cross', multi([SQUARE], [square(8, 8, 4)]), 'shape_self_crossing', /cross at/],
  ['the same part twice', multi([SQUARE], [SQUARE]), 'shape_self_crossing', /share an edge/],
  [
    'points on one line',
    polygon([
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 0],
    ]),
    'shape_zero_area',
    /\[0, 0\]/,
  ],
  [
    'two points',
    polygon([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
    'shape_zero_area',
    /\[0, 0\]/,
  ],
  ['less than a square metre', polygon(square(1, 1, 0.000_005)), 'shape_zero_area', /\[1, 1\]/],
  [
    'one point',
    polygon([
      [3, 3],
      [3, 3],
      [3, 3],
    ]),
    'shape_degenerate',
    /three different points/,
  ],
  [
    'a line of one point',
    {
      type: 'Corridor',
      line: [
        [3, 3],
        [3, 3],
      ],
      widthM: 10,
    },
    'shape_degenerate',
    /two different points/,
  ],
  [
    'a place beyond a pole',
    polygon([
      [0, 0],
      [1, 91],
      [2, 0],
    ]),
    'shape_out_of_range',
    /\[1, 91\]/,
  ],
  [
    'what is no number',
    polygon([
      [0, 0],
      [Number.NaN, 1],
      [2, 0],
    ]),
    'shape_out_of_range',
    /NaN/,
  ],
  [
    'an endless radius',
    { type: 'Circle', center: [0, 0], radiusM: Infinity },
    'shape_out_of_range',
    /radius/,
  ],
  ['no radius', { type: 'Circle', center: [0, 0], radiusM: 0 }, 'shape_out_of_range', /radius/],
  ['a circle nowhere', { type: 'Circle', center: [0, -90.1], radiusM: 5 }, 'shape_out_of_range', /-90\.1/],
  [
    'too many points',
    polygon(starRing(30, 0, MAX_VERTICES)),
    'shape_too_many_vertices',
    /10001 points, at most 10000/,
  ],
])('%s is refused, and the error names the place', (_what, shape, code, message) => {
  expect(refusal(shape)).toMatchObject({ code, status: 422, message: expect.stringMatching(message) });
});

test('as many points as are allowed are taken', () => {
  expect(checkShape(polygon(starRing(30, 0, MAX_VERTICES - 1)))).toMatchObject({ type: 'Polygon' });
});

test('rings are closed, repeated points left out, outlines turned counter-clockwise and holes clockwise', () => {
  const shape = checkShape(
    polygon(
      [
        [0, 0],
        [0, 10],
        [0, 10],
        [10, 10],
        [10, 0],
      ],
      square(2, 2, 2),
    ),
  );
  expect(shape).toEqual({ type: 'Polygon', coordinates: [SQUARE, square(2, 2, 2).toReversed()] });
});

test('holes may touch their outline and each other in points, islands may lie in lakes', () => {
  const diamond: Coordinates[] = [
    [0, 5],
    [2, 3],
    [4, 5],
    [2, 7],
    [0, 5],
  ];
  const next = diamond.map(([lon, lat]): Coordinates => [lon + 4, lat]);
  const shape = multi([SQUARE, diamond, next], [square(1.9, 4.9, 0.2)]);
  expect(checkShape(shape)).toMatchObject({
    type: 'MultiPolygon',
    coordinates: [{ length: 3 }, { length: 1 }],
  });
});

test('parts may touch in a point', () => {
  expect(checkShape(multi([SQUARE], [square(10, 10, 1)]))).toMatchObject({ type: 'MultiPolygon' });
});

test('the area of a ring is that on the sphere, whichever way it runs', () => {
  const metresPerDegree = (6_371_008.8 * Math.PI) / 180;
  expect(signedAreaM2(square(32, 0, 0.001))).toBeCloseTo((metresPerDegree * 0.001) ** 2, 3);
  expect(signedAreaM2(square(32, 60, 0.001).toReversed())).toBeCloseTo(
    -((metresPerDegree * 0.001) ** 2) / 2,
    -1,
  );
  const world = checkShape(
    polygon([
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
    ]),
  ) as Extract<GeofenceShape, { type: 'Polygon' }>;
  expect(signedAreaM2(world.coordinates[0] as Coordinates[])).toBeCloseTo(4 * Math.PI * 6_371_008.8 ** 2, -3);
});

const degree = (max: number) => fc.double({ min: -max, max, noNaN: true });
const anyRing = fc.oneof(
  fc.array(fc.tuple(degree(200), degree(90)), { minLength: 3, maxLength: 4 }),
  fc
    .tuple(
      fc.integer({ min: -190, max: 190 }),
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([lon, lat, corners, size]) =>
      starRing(0, 0, corners).map(([x, y]): Coordinates => [lon + x * size, lat + y * size]),
    ),
);

test('whatever is taken is a valid shape, and checking it again changes nothing', () => {
  const stored: GeofenceShape[] = [];
  fc.assert(
    fc.property(
      fc.array(fc.array(anyRing, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
      (parts) => {
        const drawn = parts.length === 1 ? polygon(...(parts[0] as Coordinates[][])) : multi(...parts);
        let shape: GeofenceShape | undefined;
        const code = codeOf(() => {
          shape = checkShape(drawn);
        });
        expect(code ?? 'shape_taken').toMatch(/^shape_/);
        if (shape !== undefined) stored.push(shape);
      },
    ),
    { numRuns: 2_000, seed: 4 },
  );
  expect(stored.length).toBeGreaterThan(100);
  for (const shape of stored) {
    expect(geofenceShape.parse(shape)).toEqual(shape);
    expect(checkShape(shape)).toEqual(shape);
  }
});

test('ten thousand long slanting edges, and as many through one point, take no longer than others', () => {
  const comb = Array.from({ length: 4_990 }, (_, i): Coordinates[] => {
    const ends: Coordinates[] = [
      [i / 1_000, 0],
      [i / 1_000 + 10, 10],
    ];
    return i % 2 === 0 ? ends : ends.toReversed();
  }).flat();
  const petals = Array.from({ length: 3_330 }, (_, i): Coordinates[] => {
    const [from, to] = [(i / 3_330) * 2 * Math.PI, ((i + 0.5) / 3_330) * 2 * Math.PI];
    return [
      [0, 0],
      [Math.cos(from), Math.sin(from)],
      [Math.cos(to), Math.sin(to)],
    ];
  }).flat();
  const started = process.cpuUsage();
  for (const ring of [[...comb, [100, -5] as Coordinates], petals]) {
    expect(checkShape(polygon(ring))).toMatchObject({ type: 'Polygon' });
  }
  // Some thirty milliseconds each; trying every pair takes many seconds.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
});
