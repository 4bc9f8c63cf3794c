import { expect, test } from 'vitest';
import type { LiveVehicle, Vehicle } from '../api/types.ts';
import {
  applyLeft,
  applyListing,
  applyLive,
  applySnapshotEnd,
  countStates,
  emptyFleet,
  inOrder,
  reclassify,
} from './fleet.ts';

const now = Date.parse('2026-11-20T10:00:00Z');

function live(vehicleId: string, change: Partial<LiveVehicle> = {}): LiveVehicle {
  return {
    vehicleId,
    label: `Car ${vehicleId}`,
    kind: 'car',
    plate: null,
    deviceId: 'd1',
    fixTime: new Date(now - 1000).toISOString(),
    receivedAt: new Date(now).toISOString(),
    lat: 0.3,
    lon: 32.5,
    speedKmh: 40,
    headingDeg: 90,
    ignition: true,
    alarm: null,
    ...change,
  };
}

const listed = (id: string): Vehicle => ({
  id,
  label: `Car ${id}`,
  kind: 'car',
  plate: 'UBA 1',
  createdAt: new Date(now).toISOString(),
  device: { id: 'd1', ident: '356938035643809' },
  latest: null,
});

test('an older fix that arrives late does not move a vehicle back', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('a', { lat: 1 })], now);
  applyLive(fleet, [live('a', { lat: 2, fixTime: new Date(now - 60_000).toISOString() })], now);
  expect(fleet.vehicles.get('a')?.position?.lat).toBe(1);
});

test('the list adds vehicles without a fix and idents, and forgets no position', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('a')], now);
  applyListing(fleet, [listed('a'), listed('b')], now);
  expect(fleet.vehicles.get('a')).toMatchObject({
    ident: '356938035643809',
    plate: 'UBA 1',
    state: 'moving',
  });
  expect(fleet.vehicles.get('b')).toMatchObject({ position: null, state: 'offline', live: false });
});

test('a vehicle that leaves the viewport keeps its last position but is no longer live', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('a'), live('b')], now);
  applyLeft(fleet, ['a', 'unknown']);
  expect(fleet.vehicles.get('a')).toMatchObject({ live: false, position: { lat: 0.3 } });
  applySnapshotEnd(fleet, new Set(['a']));
  expect([...fleet.vehicles.values()].map((vehicle) => vehicle.live)).toEqual([true, false]);
});

test('time alone takes a silent vehicle offline, once', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('a')], now);
  expect(countStates(fleet).moving).toBe(1);
  expect(reclassify(fleet, now + 3_600_000)).toHaveLength(1);
  expect(reclassify(fleet, now + 3_600_000)).toHaveLength(0);
  expect(countStates(fleet)).toEqual({ alarm: 0, moving: 0, idling: 0, parked: 0, offline: 1 });
});

test('membership grows with new and renamed vehicles only', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('a')], now);
  const before = fleet.membership;
  applyLive(fleet, [live('a', { speedKmh: 0 })], now);
  expect(fleet.membership).toBe(before);
  applyLive(fleet, [live('a', { label: 'Van' })], now);
  expect(fleet.membership).toBe(before + 1);
});

test('labels are ordered as people count', () => {
  const fleet = emptyFleet();
  applyLive(fleet, [live('10'), live('9'), live('1', { label: 'car 1' })], now);
  expect(inOrder(fleet).map(({ label }) => label)).toEqual(['car 1', 'Car 9', 'Car 10']);
});
