import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localTimeOf, nightMsWithin } from './local-time.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);

test.each([
  'UTC',
  'Africa/Kampala',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
])('in %s every instant has the hour and the day that Intl gives it', (timeZone) => {
  const zone = localTimeOf(timeZone);
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  fc.assert(
    fc.property(
      fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2037-01-01T00:00:00Z') }),
      (epochMs) => {
        const local = new Date(epochMs + zone.offsetMs(epochMs)).toISOString().slice(0, 19).replace('T', ' ');
        expect(local).toBe(format.format(epochMs));
        expect(zone.hour(epochMs)).toBe(Number(local.slice(11, 13)));
        const day = zone.dayNumber(epochMs);
        expect(zone.dayStartMs(day)).toBeLessThanOrEqual(epochMs);
        expect(zone.dayNumber(zone.dayStartMs(day))).toBe(day);
        expect(zone.dayNumber(zone.dayStartMs(day) - 1)).toBeLessThan(day);
        expect(zone.dayStartMs(day + 1)).toBeGreaterThan(epochMs);
      },
    ),
    { numRuns: 100 },
  );
});

test('the clock changes at its very instant', () => {
  const zone = localTimeOf('Europe/Berlin');
  expect(zone.offsetMs(at('2026-03-29T00:59:59.999Z'))).toBe(HOUR_MS);
  expect(zone.offsetMs(at('2026-03-29T01:00:00Z'))).toBe(2 * HOUR_MS);
  expect(zone.offsetMs(at('2026-10-25T00:59:59.999Z'))).toBe(2 * HOUR_MS);
  expect(zone.offsetMs(at('2026-10-25T01:00:00Z'))).toBe(HOUR_MS);
});

test.each([
  ['2026-03-28T12:00:00Z', 24],
  ['2026-03-29T12:00:00Z', 23],
  ['2026-10-25T12:00:00Z', 25],
])('the local day of %s has %i hours', (noon, hours) => {
  const zone = localTimeOf('Europe/Berlin');
  const day = zone.dayNumber(at(noon));
  expect((zone.dayStartMs(day + 1) - zone.dayStartMs(day)) / HOUR_MS).toBe(hours);
});

test('a night runs over midnight, within a day, or never', () => {
  const zone = localTimeOf('Africa/Kampala');
  const within = (from: string, to: string, fromHour: number, toHour: number) =>
    nightMsWithin(at(from), at(to), { fromHour, toHour }, zone) / HOUR_MS;
  // Kampala is three hours ahead.
  expect(within('2026-11-20T18:30:00Z', '2026-11-20T19:30:00Z', 22, 5)).toBe(0.5);
  expect(within('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z', 22, 5)).toBe(7);
  expect(within('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z', 1, 4)).toBe(3);
  expect(within('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z', 4, 4)).toBe(0);
});

test('a night in which the clock is set back is an hour longer', () => {
  const zone = localTimeOf('Europe/Berlin');
  const night = { fromHour: 22, toHour: 5 };
  const from = at('2026-10-24T10:00:00Z');
  expect(nightMsWithin(from, from + 24 * HOUR_MS, night, zone) / HOUR_MS).toBe(8);
});
