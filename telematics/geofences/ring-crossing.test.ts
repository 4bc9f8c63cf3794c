import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coordinates } from './geofence.ts';
import { findCrossing } from './ring-crossing.ts';

/** On a coarse grid every way to touch, share and cross turns up, and integers are exact. */
const gridRing = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
    minLength: 3,
    maxLength: 8,
  })
  .map((points) => points.filter((point, i) => !same(point, points[(i + 1) % points.length] as Coordinates)))
  .filter((points) => points.length >= 3)
  .map((points): Coordinates[] => [...points, points[0] as Coordinates]);

const same = (a: Coordinates, b: Coordinates) => a[0] === b[0] && a[1] === b[1];
const minus = (a: Coordinates, b: Coordinates): Coordinates => [a[0] - b[0], a[1] - b[1]];
const cross = (a: Coordinates, b: Coordinates) => a[0] * b[1] - a[1] * b[0];
const dot = (a: Coordinates, b: Coordinates) => a[0] * b[0] + a[1] * b[1];

/** A way through a point: where it comes from and where it goes to, seen from there. */
type Pass = [Coordinates, Coordinates];
type Edge = { from: Coordinates; to: Coordinates; before: Coordinates };

function edgesOf(ring: Coordinates[]): Edge[] {
  const open = ring.slice(0, -1);
  return open.map((from, i) => ({
    from,
    to: ring[i + 1] as Coordinates,
    before: open[(i + open.length - 1) % open.length] as Coordinates,
  }));
}

const isStrictlyOn = (p: Coordinates, { from, to }: Edge) =>
  cross(minus(to, from), minus(p, from)) === 0 && dot(minus(from, p), minus(to, p)) < 0;

/** Strictly within the turn from one direction counter-clockwise to another. */
function isBetween(a: Coordinates, b: Coordinates, c: Coordinates): boolean {
  if (cross(a, b) > 0) return cross(a, c) > 0 && cross(c, b) > 0;
  if (cross(a, b) < 0) return !(cross(b, c) >= 0 && cross(c, a) >= 0);
  return dot(a, b) < 0 && cross(a, c) > 0;
}

const separates = ([a, b]: Pass, [c, d]: Pass) => isBetween(a, b, c) !== isBetween(a, b, d);

function edgesClash(e: Edge, f: Edge): boolean {
  const [d, g] = [minus(e.to, e.from), minus(f.to, f.from)];
  const [s, t] = [cross(d, minus(f.from, e.from)), cross(d, minus(f.to, e.from))];
  const [u, v] = [cross(g, minus(e.from, f.from)), cross(g, minus(e.to, f.from))];
  if (s === 0 && t === 0) {
    const along = (p: Coordinates) => dot(d, minus(p, e.from));
    const low = Math.max(0, Math.min(along(f.from), along(f.to)));
    return low < Math.min(dot(d, d), Math.max(along(f.from), along(f.to)));
  }
  return s * t < 0 && u * v < 0;
}

/** Every edge with every other, and every way through a point with every other. */
function clashes(rings: Coordinates[][]): boolean {
  const edges = rings.flatMap(edgesOf);
  return edges.some((e, i) =>
    edges.some((f, j) => {
      if (i >= j) return false;
      if (edgesClash(e, f)) return true;
      const passOf = (edge: Edge): Pass => [minus(edge.before, edge.from), minus(edge.to, edge.from)];
      if (same(e.from, f.from)) return separates(passOf(e), passOf(f));
      const through = (edge: Edge, p: Coordinates): Pass => [minus(edge.from, p), minus(edge.to, p)];
      if (isStrictlyOn(f.from, e)) return separates(through(e, f.from), passOf(f));
      return isStrictlyOn(e.from, f) && separates(through(f, e.from), passOf(e));
    }),
  );
}

test('the sweep finds a crossing or a shared edge exactly where trying every pair does', () => {
  let crossing = 0;
  let fine = 0;
  fc.assert(
    fc.property(fc.array(gridRing, { minLength: 1, maxLength: 3 }), (rings) => {
      const expected = clashes(rings);
      if (expected) crossing++;
      else fine++;
      expect(findCrossing(rings) !== null).toBe(expected);
    }),
    { numRuns: 4_000, seed: 4 },
  );
  expect(Math.min(crossing, fine)).toBeGreaterThan(150);
});

test('the place of a crossing lies on two edges', () => {
  const found = findCrossing([
    [
      [0, 0],
      [4, 4],
      [4, 0],
      [0, 2],
      [0, 0],
    ],
  ]);
  expect(found?.kind).toBe('crossing');
  expect(found?.lon).toBeCloseTo(4 / 3, 12);
  expect(found?.lat).toBeCloseTo(4 / 3, 12);
});

test('a ring may touch itself in a point', () => {
  const touching: Coordinates[] = [
    [0, 0],
    [1, 1],
    [2, 0],
    [2, 2],
    [1, 1],
    [0, 2],
    [0, 0],
  ];
  expect(findCrossing([touching])).toBeNull();
});

test('a ring that passes through one of its own points to the other side crosses there', () => {
  const crossing: Coordinates[] = [
    [0, 0],
    [1, 1],
    [2, 2],
    [2, 0],
    [1, 1],
    [0, 2],
    [0, 0],
  ];
  expect(findCrossing([crossing])).toMatchObject({ kind: 'crossing', lon: 1, lat: 1 });
});
