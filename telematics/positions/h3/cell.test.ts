import fc from 'fast-check';
import { cellToBoundary, cellToLatLng, getPentagons, getRes0Cells, latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import { cellHex, cellOf } from './cell.ts';

const RESOLUTIONS = Array.from({ length: 16 }, (_, resolution) => resolution);
const TIMEOUT_MS = 30_000;

type Point = readonly [lat: number, lon: number];

/** The first points at which the cell is not the one of h3-js. */
function disagreements(points: Iterable<Point>, resolutions: readonly number[]): string[] {
  const found: string[] = [];
  for (const [lat, lon] of points) {
    for (const resolution of resolutions) {
      const { high, low } = cellOf(lat, lon, resolution);
      const ours = cellHex(high, low);
      const theirs = latLngToCell(lat, lon, resolution);
      if (ours !== theirs) found.push(`${lat} ${lon} at ${resolution}: ${ours}, not ${theirs}`);
    }
    if (found.length > 10) break;
  }
  return found;
}

let seed = 20_261_120;
/** From 0 to 1, the same in every run (mulberry32). */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const between = (least: number, most: number): number => least + random() * (most - least);

function* times<T>(count: number, make: () => T): Generator<T> {
  for (let made = 0; made < count; made++) yield make();
}

const onTheGlobe = (): Point => [(Math.asin(between(-1, 1)) * 180) / Math.PI, between(-180, 180)];

type Vector = readonly [x: number, y: number, z: number];

const pointOf = ([x, y, z]: Vector): Point => [
  (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI,
  (Math.atan2(y, x) * 180) / Math.PI,
];
const vectorOf = ([lat, lon]: Point): Vector => {
  const [latRad, lonRad] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return [Math.cos(latRad) * Math.cos(lonRad), Math.cos(latRad) * Math.sin(lonRad), Math.sin(latRad)];
};
/** A point on the line between others. */
const mixOf = (vectors: readonly Vector[], weights: readonly number[]): Vector => {
  const sum = (axis: 0 | 1 | 2) =>
    vectors.reduce((total, vector, at) => total + vector[axis] * weights[at]!, 0);
  return [sum(0), sum(1), sum(2)];
};
const distance = (a: Vector, b: Vector): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The icosahedron of the grid: its corners are the pentagons. */
const corners = getPentagons(0).map((cell) => vectorOf(cellToLatLng(cell)));
const areNear = (a: Vector, b: Vector): boolean => a !== b && distance(a, b) < 1.1;
const edges = corners.flatMap((a, at) =>
  corners.slice(at + 1).flatMap((b) => (areNear(a, b) ? [[a, b] as const] : [])),
);
const faces = edges.flatMap(([a, b]) =>
  corners
    .slice(corners.indexOf(b) + 1)
    .flatMap((c) => (areNear(a, c) && areNear(b, c) ? [[a, b, c] as const] : [])),
);

/** Points around one, from metres away to as near as numbers go. */
function* around(centre: Point, count: number): Generator<Point> {
  yield centre;
  for (let made = 0; made < count; made++) {
    const degrees = 10 ** between(-15, 0);
    yield [centre[0] + degrees * between(-1, 1), centre[1] + degrees * between(-1, 1)];
  }
}

/** The corners of a cell and points between them, or as far beside as `degrees`. */
function borderOf(cell: string, degrees: number): Point[] {
  const border = cellToBoundary(cell).map(vectorOf);
  const points = border.flatMap((corner, at) => {
    const sides = [corner, border[(at + 1) % border.length]!];
    const along = random();
    return [corner, mixOf(sides, [1, 1]), mixOf(sides, [along, 1 - along])].map(pointOf);
  });
  return points.map(([lat, lon]) => [lat + degrees * between(-1, 1), lon + degrees * between(-1, 1)]);
}

describe('the cell of a point', () => {
  it('is that of the example in the documentation of H3', () => {
    const { high, low } = cellOf(37.3615593, -122.0553238, 7);
    expect(cellHex(high, low)).toBe('87283472bffffff');
  });

  it('is that of h3-js whatever the point and resolution', () => {
    const degrees = (most: number) =>
      fc.oneof(fc.double({ min: -most, max: most, noNaN: true }), fc.integer({ min: -most, max: most }));
    fc.assert(
      fc.property(degrees(90), degrees(180), fc.nat(15), (lat, lon, resolution) => {
        expect(disagreements([[lat, lon]], [resolution])).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is that of h3-js at 200,000 points of the globe at resolution 9', { timeout: TIMEOUT_MS }, () => {
    expect(disagreements(times(200_000, onTheGlobe), [9])).toEqual([]);
  });

  it('is that of h3-js in one neighbourhood after the other', { timeout: TIMEOUT_MS }, () => {
    const neighbourhoods = times(1_000, () => [...around(onTheGlobe(), 100)]);
    for (const points of neighbourhoods) expect(disagreements(points, [9])).toEqual([]);
  });

  it('is that of h3-js at every resolution', () => {
    expect(disagreements(times(4_000, onTheGlobe), RESOLUTIONS)).toEqual([]);
  });

  it('is that of h3-js at the poles and along the antimeridian, the equator and the prime meridian', () => {
    const lines = times(1_000, (): Point[] => {
      const small = 10 ** between(-17, -3) * Math.sign(between(-1, 1));
      const [lat, lon] = onTheGlobe();
      return [
        ...[90, -90].map((pole): Point => [pole - small, lon]),
        ...[180, -180, 0].map((meridian): Point => [lat, meridian + small]),
        [small, lon],
      ];
    });
    const exact: Point[] = [-90, 0, 90].flatMap((lat) =>
      [-180, -90, 0, 90, 180].map((lon): Point => [lat, lon]),
    );
    expect(disagreements([...exact, ...[...lines].flat()], [0, 1, 5, 8, 9, 10, 15])).toEqual([]);
  });

  it('is that of h3-js around pentagons', () => {
    for (const corner of corners)
      expect(disagreements(around(pointOf(corner), 300), RESOLUTIONS)).toEqual([]);
    for (const cell of RESOLUTIONS.flatMap((resolution) => getPentagons(resolution))) {
      expect(disagreements(around(cellToLatLng(cell), 5), RESOLUTIONS)).toEqual([]);
    }
  });

  it('is that of h3-js around the centres of the faces, where its arithmetic is at its worst', () => {
    expect(faces).toHaveLength(20);
    for (const face of faces) {
      const centre = pointOf(mixOf(face, [1, 1, 1]));
      expect(disagreements(around(centre, 100), RESOLUTIONS)).toEqual([]);
      for (const near of around(centre, 100)) {
        const borders = borderOf(latLngToCell(...near, 15), 1e-9);
        expect(disagreements(borders, [15])).toEqual([]);
      }
    }
  });

  it('is that of h3-js along the edges between faces', () => {
    expect(edges).toHaveLength(30);
    for (const edge of edges) {
      const points = [
        ...times(50, () => {
          const weight = Math.min(0.5, 10 ** between(-12, 0.1));
          const onEdge = pointOf(mixOf(edge, random() < 0.5 ? [weight, 1 - weight] : [1 - weight, weight]));
          return [...around(onEdge, 1)];
        }),
      ].flat();
      expect(disagreements(points, RESOLUTIONS)).toEqual([]);
    }
  });

  it('is that of h3-js on the borders between cells, to the last bit', () => {
    for (const resolution of RESOLUTIONS) {
      const cells = times(150, () => latLngToCell(...onTheGlobe(), resolution));
      for (const cell of [...getRes0Cells().slice(0, 20), ...cells]) {
        const points = [cellToLatLng(cell), ...borderOf(cell, 0), ...borderOf(cell, 1e-10)];
        expect(disagreements(points, [resolution])).toEqual([]);
      }
    }
  });
});
