import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ruleSettings } from '../rules/settings.ts';
import { CLOSING_MS, dayAt, dayName, dayNumberOf, lastClosedDay, localDay } from './local-day.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const inZone = (timeZone: string, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY) => ({
  fromMs,
  toMs,
  settings: ruleSettings.parse({ timeZone }),
});

test('a day is the one of the operator’s time zone, and may have 23 or 25 hours', () => {
  const day = dayAt(at('2026-11-20T21:30:00Z'), [inZone('Africa/Kampala')]);
  expect([day.name, new Date(day.fromMs).toISOString()]).toEqual(['2026-11-21', '2026-11-20T21:00:00.000Z']);
  const lengthH = (name: string) => {
    const { fromMs, toMs } = localDay(dayNumberOf(name), [inZone('Europe/Berlin')]);
    return (toMs - fromMs) / HOUR_MS;
  };
  expect(['2026-03-28', '2026-03-29', '2026-10-25'].map(lengthH)).toEqual([24, 23, 25]);
});

test('without settings a day is that of UTC', () => {
  expect(dayAt(at('2026-11-20T23:59:59Z'), [])).toMatchObject({ name: '2026-11-20', timeZone: 'UTC' });
});

test('a day keeps the time zone that held then', () => {
  const changedMs = at('2026-11-20T09:00:00Z');
  const versions = [
    inZone('Africa/Kampala', Number.NEGATIVE_INFINITY, changedMs),
    inZone('Asia/Manila', changedMs),
  ];
  const zones = ['2026-11-19', '2026-11-20', '2026-11-21'].map(
    (name) => localDay(dayNumberOf(name), versions).timeZone,
  );
  expect(zones).toEqual(['Africa/Kampala', 'Asia/Manila', 'Asia/Manila']);
});

test('a day is closed an hour after it is over, whatever the zone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2036-01-01T00:00:00Z') }),
      fc.constantFrom('UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kolkata'),
      (nowMs, timeZone) => {
        const versions = [inZone(timeZone)];
        const closed = lastClosedDay(nowMs, versions);
        expect(closed.toMs + CLOSING_MS).toBeLessThanOrEqual(nowMs);
        expect(localDay(closed.number + 1, versions).toMs + CLOSING_MS).toBeGreaterThan(nowMs);
        expect(dayNumberOf(dayName(closed.number))).toBe(closed.number);
      },
    ),
    { numRuns: 200 },
  );
});
