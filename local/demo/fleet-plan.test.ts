import { formatNames } from '@wayleave/device-sim/formats/formats.ts';
import { expect, test } from 'vitest';
import { gatewayOf, plannedVehicle } from './fleet-plan.ts';

const LARGEST_FLEET = 5_000;

test('every ident and every plate of the largest fleet is its own', () => {
  const fleet = Array.from({ length: LARGEST_FLEET + 1 }, (_, number) => plannedVehicle(number));
  expect(new Set(fleet.map(({ ident }) => ident)).size).toBe(fleet.length);
  expect(new Set(fleet.map(({ plate }) => plate)).size).toBe(fleet.length);
});

test('an ident is an IMEI with a right check digit', () => {
  for (const number of [0, 1, 9, 40, 4_999]) {
    const { ident } = plannedVehicle(number);
    expect(ident).toMatch(/^\d{15}$/);
    const sum = Array.from(ident).reduce((total, digit, index) => {
      const weighted = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + Math.floor(weighted / 10) + (weighted % 10);
    }, 0);
    expect(sum % 10).toBe(0);
  }
});

test('most of a boda fleet are motorcycles, and every kind is there', () => {
  const kinds = Array.from({ length: 40 }, (_, number) => plannedVehicle(number + 1).kind);
  expect(new Set(kinds)).toEqual(new Set(['motorcycle', 'van', 'car', 'truck']));
  expect(kinds.filter((kind) => kind === 'motorcycle').length).toBeGreaterThan(30);
});

test('most speak our own format, and of the usual fleet some each of every other', () => {
  const fleet = Array.from({ length: 40 }, (_, number) => plannedVehicle(number + 1).format);
  const native = fleet.filter((format) => format === 'native-json').length;
  expect(native / fleet.length).toBeGreaterThan(0.5);
  expect(new Set(fleet)).toEqual(new Set(formatNames));
});

test('a gateway stands before more than one vehicle, and the vehicle of the user needs none', () => {
  const fleet = Array.from({ length: 40 }, (_, number) => plannedVehicle(number + 1));
  for (const ident of ['demo.traccar', 'demo.flespi']) {
    expect(fleet.filter(({ format }) => gatewayOf(format)?.ident === ident).length).toBeGreaterThan(1);
  }
  expect(plannedVehicle(0).format).toBe('native-json');
  expect(gatewayOf('native-json')).toBeUndefined();
});

test('a tracker of public transport has no IMEI, and says by which one its place was known before', () => {
  const { format, ident, formerIdent } = plannedVehicle(17);
  expect(format).toBe('hsl-hfp');
  expect(ident).toBe('0999-00017');
  expect(formerIdent).toMatch(/^\d{15}$/);
});
