import { expect, test } from 'vitest';
import {
  applyUpdate,
  closeRevision,
  createFleet,
  type Fix,
  type FleetRow,
  jsonOf,
  mergeRows,
} from './fleet.ts';
import type { LiveUpdate } from './live-feed.ts';
import { liveVehicle } from './live-vehicle.ts';

const fixAt = (fixTimeMs: number, lat = 0.3): Fix => ({
  fixTimeMs,
  receivedAtMs: fixTimeMs + 100,
  lat,
  lon: 32.5,
  speedKmh: 40,
  headingDeg: 90,
  ignition: true,
  alarm: null,
});

const row = (vehicleId: string, deviceId: string | null, fix: Fix | null, fromMs = 0): FleetRow => ({
  vehicleId,
  label: `Vehicle ${vehicleId}`,
  kind: 'car',
  plate: null,
  installed: deviceId === null ? null : { deviceId, fromMs, toMs: Number.POSITIVE_INFINITY },
  fix,
});

const update = (deviceId: string, fixTimeMs: number, lat = 0.3): LiveUpdate => [
  deviceId,
  fixTimeMs,
  fixTimeMs + 100,
  lat,
  32.5,
  40,
  90,
  1,
  null,
];

const latOf = (fleet: ReturnType<typeof createFleet>, vehicleId: string) =>
  fleet.byVehicle.get(vehicleId)?.fix?.lat ?? null;

test('an update moves the vehicle that its device is installed in', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', null), row('2', 'b', null)]);
  expect(applyUpdate(fleet, update('b', 1_000, 0.7))).toBe('moved');
  expect(latOf(fleet, '2')).toBe(0.7);
  expect(latOf(fleet, '1')).toBeNull();
});

test('a late fix never moves a vehicle back', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', fixAt(5_000, 0.5))]);
  expect(applyUpdate(fleet, update('a', 4_999, 0.1))).toBe('late');
  expect(latOf(fleet, '1')).toBe(0.5);
});

test('a second message for the same instant replaces the first, as it may add to it', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', fixAt(5_000, 0.5))]);
  expect(applyUpdate(fleet, update('a', 5_000, 0.6))).toBe('moved');
  expect(latOf(fleet, '1')).toBe(0.6);
});

test('what a device did before it was installed does not move the vehicle', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', null, 10_000)]);
  expect(applyUpdate(fleet, update('a', 9_999))).toBe('outside');
  expect(latOf(fleet, '1')).toBeNull();
  expect(applyUpdate(fleet, update('a', 10_000))).toBe('moved');
});

test('a device in no vehicle is unknown', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', null, null)]);
  expect(applyUpdate(fleet, update('a', 1_000))).toBe('unknown');
});

test('reading the fleet again keeps positions that are newer than what was read', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', fixAt(1_000, 0.1)), row('2', 'b', fixAt(1_000, 0.1))]);
  applyUpdate(fleet, update('a', 3_000, 0.3));
  mergeRows(fleet, [row('1', 'a', fixAt(2_000, 0.2)), row('2', 'b', fixAt(2_000, 0.2))]);
  expect(latOf(fleet, '1')).toBe(0.3);
  expect(latOf(fleet, '2')).toBe(0.2);
});

test('a device that moved to another vehicle takes its updates along and leaves no position behind', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', fixAt(1_000)), row('2', null, null)]);
  mergeRows(fleet, [row('1', null, null), row('2', 'a', null, 5_000)]);
  expect(latOf(fleet, '1')).toBeNull();
  applyUpdate(fleet, update('a', 6_000, 0.9));
  expect(latOf(fleet, '2')).toBe(0.9);
  expect(latOf(fleet, '1')).toBeNull();
});

test('two vehicles that exchange their devices each get the other one’s updates', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', null), row('2', 'b', null)]);
  mergeRows(fleet, [row('1', 'b', null), row('2', 'a', null)]);
  applyUpdate(fleet, update('a', 1_000, 0.1));
  applyUpdate(fleet, update('b', 1_000, 0.2));
  expect(latOf(fleet, '1')).toBe(0.2);
  expect(latOf(fleet, '2')).toBe(0.1);
});

test('a revision names each changed vehicle once, however often it changed', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', null), row('2', 'b', null)]);
  closeRevision(fleet);
  for (let time = 1; time <= 1_000; time += 1) applyUpdate(fleet, update('a', time));
  const { changed } = closeRevision(fleet);
  expect(changed.map(({ vehicleId }) => vehicleId)).toEqual(['1']);
  expect(closeRevision(fleet).changed).toEqual([]);
});

test('reading the same fleet again changes nothing', () => {
  const fleet = createFleet();
  const rows = [row('1', 'a', fixAt(1_000)), row('2', null, null)];
  mergeRows(fleet, rows);
  closeRevision(fleet);
  mergeRows(fleet, structuredClone(rows));
  expect(closeRevision(fleet).changed).toEqual([]);
});

test('a vehicle’s JSON is a live vehicle and is made once per change', () => {
  const fleet = createFleet();
  mergeRows(fleet, [row('1', 'a', fixAt(1_000, 0.25))]);
  const vehicle = fleet.byVehicle.get('1')!;
  const json = jsonOf(vehicle);
  expect(liveVehicle.parse(JSON.parse(json))).toEqual({
    vehicleId: '1',
    label: 'Vehicle 1',
    kind: 'car',
    plate: null,
    deviceId: 'a',
    fixTime: '1970-01-01T00:00:01.000Z',
    receivedAt: '1970-01-01T00:00:01.100Z',
    lat: 0.25,
    lon: 32.5,
    speedKmh: 40,
    headingDeg: 90,
    ignition: true,
    alarm: null,
  });
  expect(vehicle.json).toBe(json);
  applyUpdate(fleet, update('a', 2_000));
  expect(vehicle.json).toBeNull();
});
