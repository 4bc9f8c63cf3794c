import { expect, test } from 'vitest';
import type { FleetVehicle } from '../live/fleet.ts';
import { listed, windowOf } from './listing.ts';

const vehicle = (label: string, change: Partial<FleetVehicle> = {}): FleetVehicle => ({
  id: label,
  label,
  kind: 'car',
  plate: null,
  ident: null,
  position: null,
  live: true,
  state: 'moving',
  ...change,
});
const labels = (vehicles: FleetVehicle[]) => vehicles.map(({ label }) => label);
const all = new Set<never>();

test('every word has to be found, in label, plate or ident', () => {
  const fleet = [vehicle('Boda 1', { plate: 'UBA 123X' }), vehicle('Boda 2', { ident: '356938' })];
  expect(labels(listed(fleet, 'boda 123x', all))).toEqual(['Boda 1']);
  expect(labels(listed(fleet, '3569', all))).toEqual(['Boda 2']);
  expect(labels(listed(fleet, '  ', all))).toEqual(['Boda 1', 'Boda 2']);
});

test('alarms come first and states can be singled out', () => {
  const fleet = [vehicle('a'), vehicle('b', { state: 'alarm' }), vehicle('c', { state: 'parked' })];
  expect(labels(listed(fleet, '', all))).toEqual(['b', 'a', 'c']);
  expect(labels(listed(fleet, '', new Set(['parked'] as const)))).toEqual(['c']);
});

test('a window of a long list is small and stays inside it', () => {
  expect(windowOf(0, 500, 50, 5000)).toEqual([0, 16]);
  expect(windowOf(100_000, 500, 50, 5000)).toEqual([1994, 2016]);
  expect(windowOf(249_500, 500, 50, 5000)).toEqual([4984, 5000]);
  expect(windowOf(900, 500, 50, 3)).toEqual([3, 3]);
});
