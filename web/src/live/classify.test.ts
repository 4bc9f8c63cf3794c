import { expect, test } from 'vitest';
import { classify, SILENT_PARKED_MS, SILENT_UNDER_WAY_MS } from './classify.ts';

const now = 1_800_000_000_000;
const fix = { fixTimeMs: now - 1000, speedKmh: 0, ignition: true, alarm: null };

test('a vehicle without a fix is offline', () => {
  expect(classify(null, now)).toBe('offline');
});

test('speed decides between moving and idling, ignition between idling and parked', () => {
  expect(classify({ ...fix, speedKmh: 30 }, now)).toBe('moving');
  expect(classify({ ...fix, speedKmh: 3.9 }, now)).toBe('idling');
  expect(classify({ ...fix, ignition: false }, now)).toBe('parked');
  expect(classify({ ...fix, ignition: null, speedKmh: null }, now)).toBe('parked');
});

test('a towed vehicle with its ignition off is moving', () => {
  expect(classify({ ...fix, ignition: false, speedKmh: 20 }, now)).toBe('moving');
});

test('silence makes a vehicle under way offline sooner than a parked one', () => {
  const fixTimeMs = now - SILENT_UNDER_WAY_MS - 1;
  expect(classify({ ...fix, fixTimeMs }, now)).toBe('offline');
  expect(classify({ ...fix, fixTimeMs, ignition: false }, now)).toBe('parked');
  expect(classify({ ...fix, fixTimeMs: now - SILENT_PARKED_MS - 1, ignition: false }, now)).toBe('offline');
});

test('an alarm survives silence', () => {
  expect(classify({ ...fix, alarm: 'powerCut', fixTimeMs: now - 10 * SILENT_PARKED_MS }, now)).toBe('alarm');
});
