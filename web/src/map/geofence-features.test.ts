import { expect, test } from 'vitest';
import type { GeofenceShape, LonLat } from '../api/geofence-types.ts';
import {
  boundsOfShapes,
  circleRing,
  geofenceFeature,
  labelFeature,
  metresBetween,
} from './geofence-features.ts';

const drawn = (shape: GeofenceShape) => ({ id: '1', name: 'A', kind: 'other' as const, shape });

test('every corner of a circle is as far from its middle as its radius, near the poles too', () => {
  for (const center of [
    [32.5, 0.3],
    [10, 70],
    [179.99, -45],
  ] as LonLat[]) {
    for (const corner of circleRing(center, 5_000)) {
      expect(metresBetween(center, corner)).toBeCloseTo(5_000, 3);
    }
  }
});

test('a corridor is a line that is as wide on the map as it is on the ground', () => {
  const { geometry, properties } = geofenceFeature(
    drawn({
      type: 'Corridor',
      line: [
        [0, 0],
        [1, 0],
      ],
      widthM: 40_075_016.686 / 512,
    }),
  );
  expect(geometry.type).toBe('LineString');
  expect(properties.widthPx).toBeCloseTo(1, 9);
});

test('what lies across the antimeridian is framed the short way', () => {
  const line: LonLat[] = [
    [179, 1],
    [-179, 2],
  ];
  expect(boundsOfShapes([{ type: 'Corridor', line, widthM: 10 }])).toEqual([179, 1, 181, 2]);
  expect(boundsOfShapes([])).toBeNull();
});

test('a geofence has its name once, in its middle', () => {
  const ring: LonLat[] = [
    [0, 0],
    [2, 0],
    [2, 2],
    [0, 2],
    [0, 0],
  ];
  expect(labelFeature(drawn({ type: 'Polygon', coordinates: [ring] })).geometry.coordinates).toEqual([1, 1]);
  expect(labelFeature(drawn({ type: 'Circle', center: [5, 6], radiusM: 9 })).geometry.coordinates).toEqual([
    5, 6,
  ]);
});
