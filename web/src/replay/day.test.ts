import { expect, test } from 'vitest';
import { dayName, dayOf, isDay, rangeOfDay, shifted } from './day.ts';

test('a day runs from midnight to midnight here', () => {
  const { fromMs, toMs } = rangeOfDay('2026-11-20');
  expect(dayOf(fromMs)).toBe('2026-11-20');
  expect(dayOf(fromMs - 1)).toBe('2026-11-19');
  expect(dayOf(toMs)).toBe('2026-11-21');
  expect(dayOf(toMs - 1)).toBe('2026-11-20');
});

test('days are counted over the ends of months and years', () => {
  expect(shifted('2026-03-01', -1)).toBe('2026-02-28');
  expect(shifted('2028-02-28', 1)).toBe('2028-02-29');
  expect(shifted('2026-12-31', 1)).toBe('2027-01-01');
});

test('what names no day is not taken for one', () => {
  expect(['2026-02-30', '2026-13-01', '2026-1-1', 'today', ''].filter(isDay)).toEqual([]);
  expect(isDay('2026-11-20')).toBe(true);
});

test('a day is called by the word that people use', () => {
  expect(dayName('2026-11-20', '2026-11-20')).toBe('Today');
  expect(dayName('2026-10-31', '2026-11-01')).toBe('Yesterday');
  expect(dayName('2026-11-18', '2026-11-20')).toBe('Wed, 18 Nov 2026');
});
