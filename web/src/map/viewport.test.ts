import { expect, test } from 'vitest';
import type { Bounds } from '../api/types.ts';
import { contains, fleetBounds, outgrown, subscriptionBounds, wrapLon } from './viewport.ts';

const kampala: Bounds = [32.5, 0.25, 32.7, 0.4];

test('a subscription is wider than the viewport', () => {
  expect(subscriptionBounds(kampala)).toEqual([32.43, 0.1975, 32.77, 0.4525]);
});

test('a viewport over the antimeridian gives west > east', () => {
  const bounds = subscriptionBounds([178, -20, 186, -15]);
  expect(bounds).toEqual([175.2, -21.75, -171.2, -13.25]);
  expect(contains(bounds as Bounds, 179, -18)).toBe(true);
  expect(contains(bounds as Bounds, -175, -18)).toBe(true);
  expect(contains(bounds as Bounds, 0, -18)).toBe(false);
});

test('a viewport that shows the world subscribes to everything', () => {
  expect(subscriptionBounds([-200, -80, 160, 80])).toBeNull();
});

test('a small pan keeps the subscription, a large one or a deep zoom does not', () => {
  const subscribed = subscriptionBounds(kampala);
  expect(outgrown(subscribed, kampala)).toBe(false);
  expect(outgrown(subscribed, [32.55, 0.27, 32.75, 0.42])).toBe(false);
  expect(outgrown(subscribed, [32.7, 0.25, 32.9, 0.4])).toBe(true);
  expect(outgrown(subscribed, [32.59, 0.31, 32.61, 0.33])).toBe(true);
  expect(outgrown(null, [-100, -50, 100, 50])).toBe(false);
  expect(outgrown(null, kampala)).toBe(true);
});

test('a zoomed-out viewport outgrows its subscription', () => {
  expect(outgrown(subscriptionBounds(kampala), [30, -2, 35, 3])).toBe(true);
  expect(outgrown(kampala, [-180, -80, 180, 80])).toBe(true);
});

test('longitudes wrap into -180 to 180', () => {
  expect([wrapLon(180), wrapLon(-180), wrapLon(190), wrapLon(-190), wrapLon(540)]).toEqual([
    180, -180, -170, 170, -180,
  ]);
});

test('the bounds of a few vehicles hold them all', () => {
  expect(fleetBounds([])).toBeNull();
  expect(fleetBounds([{ lon: 3, lat: 6 }])).toEqual([3, 6, 3, 6]);
  expect(
    fleetBounds([
      { lon: 3, lat: 6 },
      { lon: 1, lat: 9 },
    ]),
  ).toEqual([1, 6, 3, 9]);
});

test('one stray tracker does not decide the view of a larger fleet', () => {
  const city = Array.from({ length: 100 }, (_, i) => ({ lon: 32.5 + i / 1000, lat: 0.3 + i / 1000 }));
  const [west, south, east, north] = fleetBounds([...city, { lon: 0, lat: 51 }]) as Bounds;
  expect(west).toBeGreaterThan(32);
  expect(east - west).toBeLessThan(0.2);
  expect(north - south).toBeLessThan(0.2);
});

test('a fleet across the antimeridian is framed the short way round', () => {
  expect(
    fleetBounds([
      { lon: 178, lat: -18 },
      { lon: -179, lat: -17 },
    ]),
  ).toEqual([178, -18, 181, -17]);
});
