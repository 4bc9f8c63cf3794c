import { expect, test } from 'vitest';
import type { Thresholds } from '../api/types.ts';
import { problemOf, THRESHOLD_FIELDS, textsOf, thresholdsOf } from './threshold-fields.ts';

const thresholds: Thresholds = {
  maxAheadS: 300,
  maxAccuracyM: 200,
  minSatellites: 3,
  maxSpeedKmh: 200,
  maxAccelerationMps2: 8,
  jumpSlackM: 100,
  frozenOdometerM: 200,
  duplicateM: 100,
};
const field = (name: keyof Thresholds) => THRESHOLD_FIELDS.find((each) => each.name === name)!;

test('every threshold has a field, and what is shown is what is sent', () => {
  expect(THRESHOLD_FIELDS.map(({ name }) => name).sort()).toEqual(Object.keys(thresholds).sort());
  expect(thresholdsOf(textsOf(thresholds))).toEqual(thresholds);
});

test('a field says what is wrong with it', () => {
  expect(problemOf(field('maxSpeedKmh'), '')).toBe('Enter a number.');
  expect(problemOf(field('maxSpeedKmh'), 'fast')).toBe('Enter a number.');
  expect(problemOf(field('maxSpeedKmh'), '0')).toBe('Must be more than 0.');
  expect(problemOf(field('maxSpeedKmh'), '1001')).toBe('Between 0 and 1,000.');
  expect(problemOf(field('minSatellites'), '3.5')).toBe('Enter a whole number.');
  expect(problemOf(field('minSatellites'), '0')).toBeNull();
  expect(problemOf(field('maxAccelerationMps2'), '7.5')).toBeNull();
});

test('nothing is sent while a field is wrong', () => {
  expect(thresholdsOf({ ...textsOf(thresholds), duplicateM: '-1' })).toBeNull();
});
