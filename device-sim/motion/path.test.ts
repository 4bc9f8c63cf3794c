import { expect, test } from 'vitest';
import { distanceM, moved, turnDeg } from '../geo.ts';
import { buildPath, type Path, placeOnPath, vertexAt, type Waypoint } from './path.ts';

const START = { lat: 0.3476, lon: 32.5825 };

const waypoint = (eastM: number, northM: number, more: Partial<Waypoint> = {}): Waypoint => ({
  ...moved(START, eastM, northM),
  altitudeM: 1_190,
  limitKmh: 50,
  junction: 'none',
  ...more,
});

const at = (path: Path, atM: number, laneM = 0) => placeOnPath(path, vertexAt(path, atM), atM, laneM);

test('distances along a straight path are those on the ground', () => {
  const path = buildPath([waypoint(0, 0), waypoint(400, 0), waypoint(1_000, 0)]);
  expect(path.lengthM).toBeCloseTo(1_000, 1);
  for (const atM of [0, 123, 399, 401, 999]) expect(distanceM(START, at(path, atM))).toBeCloseTo(atM, 1);
});

test('a corner is rounded so that no piece turns sharply and the line stays near it', () => {
  const path = buildPath([waypoint(0, 0), waypoint(300, 0), waypoint(300, 300)]);
  for (let i = 1; i < path.headingDeg.length; i++) {
    expect(Math.abs(turnDeg(path.headingDeg[i - 1] ?? 0, path.headingDeg[i] ?? 0))).toBeLessThan(30);
  }
  const corner = moved(START, 300, 0);
  const nearestM = Math.min(
    ...Array.from({ length: 600 }, (_, atM) => (atM < path.lengthM ? distanceM(corner, at(path, atM)) : 1e9)),
  );
  expect(nearestM).toBeGreaterThan(1);
  expect(nearestM).toBeLessThan(11);
  expect(Math.min(...path.radiusM)).toBeGreaterThan(5);
});

test('the lane is to the left of the line', () => {
  const path = buildPath([waypoint(0, 0), waypoint(1_000, 0)]);
  const left = at(path, 500, 3);
  expect(distanceM(left, at(path, 500))).toBeCloseTo(3, 2);
  expect(left.lat).toBeGreaterThan(at(path, 500).lat);
});

test('the limit of a road holds up to its corner and that of the next after it', () => {
  const path = buildPath([
    waypoint(0, 0, { limitKmh: 80 }),
    waypoint(300, 0, { limitKmh: 35 }),
    waypoint(300, 300),
  ]);
  expect((path.limitMps[vertexAt(path, 200)] ?? 0) * 3.6).toBeCloseTo(80, 6);
  expect((path.limitMps[vertexAt(path, 350)] ?? 0) * 3.6).toBeCloseTo(35, 6);
});

test('vehicles stop for a junction before they are in it', () => {
  const path = buildPath([waypoint(0, 0), waypoint(300, 0, { junction: 'lights' }), waypoint(300, 300)]);
  expect(path.junctions).toHaveLength(1);
  expect(path.junctions[0]?.atM).toBeGreaterThan(260);
  expect(path.junctions[0]?.atM).toBeLessThan(290);
});

test('altitude runs evenly between waypoints', () => {
  const path = buildPath([waypoint(0, 0, { altitudeM: 1_100 }), waypoint(1_000, 0, { altitudeM: 1_200 })]);
  expect(at(path, 250).altitudeM).toBeCloseTo(1_125, 1);
});

test('a path across the antimeridian is as short as it looks', () => {
  const path = buildPath([
    { ...waypoint(0, 0), lat: -17, lon: 179.99 },
    { ...waypoint(0, 0), lat: -17, lon: -179.99 },
  ]);
  expect(path.lengthM).toBeLessThan(2_200);
  expect(at(path, path.lengthM * 0.75).lon).toBeCloseTo(-179.995, 5);
});

test('a path of one place is refused', () => {
  expect(() => buildPath([waypoint(0, 0), waypoint(0.1, 0)])).toThrow(RangeError);
});
