import { expect, test } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route.ts';

const ROUTES: Route[] = [
  { page: 'map' },
  { page: 'events', tab: 'list', eventId: null },
  { page: 'events', tab: 'list', eventId: '0b9c4f4e-5f52-5a3d-9d7e-2f0c8e1a7b11' },
  { page: 'events', tab: 'dead-letters', eventId: null },
  { page: 'geofences', tab: 'list', geofenceId: null },
  { page: 'geofences', tab: 'list', geofenceId: '7' },
  { page: 'geofences', tab: 'groups', geofenceId: null },
  { page: 'trackers', tab: 'devices' },
  { page: 'trackers', tab: 'gateways' },
  { page: 'quarantine', entryId: null },
  { page: 'quarantine', entryId: '12' },
  { page: 'settings', tab: 'positions' },
  { page: 'settings', tab: 'rules' },
  { page: 'settings', tab: 'limits' },
  { page: 'settings', tab: 'events' },
];

test('every page has an address that leads back to it', () => {
  expect(ROUTES.map((route) => parseRoute(formatRoute(route)))).toEqual(ROUTES);
});

test('an address of the map, or of nothing, is the map', () => {
  for (const hash of ['', '#vehicle=1&at=3/0/0', '#/elsewhere', '#/trackers/one/more']) {
    expect(parseRoute(hash)).toEqual({ page: 'map' });
  }
});
