import { expect, test } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route.ts';

const ROUTES: Route[] = [
  { page: 'map' },
  { page: 'trackers', tab: 'devices' },
  { page: 'trackers', tab: 'gateways' },
  { page: 'quarantine', entryId: null },
  { page: 'quarantine', entryId: '12' },
  { page: 'settings' },
];

test('every page has an address that leads back to it', () => {
  expect(ROUTES.map((route) => parseRoute(formatRoute(route)))).toEqual(ROUTES);
});

test('an address of the map, or of nothing, is the map', () => {
  for (const hash of ['', '#vehicle=1&at=3/0/0', '#/elsewhere', '#/trackers/one/more']) {
    expect(parseRoute(hash)).toEqual({ page: 'map' });
  }
});
