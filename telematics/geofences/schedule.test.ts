import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GeofenceSchedule } from './geofence.ts';
import { checkSchedule, createSchedule } from './schedule.ts';
import { codeOf } from './testing/shapes.ts';

const HOUR_S = 3_600;
const nightly: GeofenceSchedule = {
  start: '2026-01-01T22:00:00',
  durationS: 7 * HOUR_S,
  rrule: 'FREQ=DAILY',
  exdates: [],
  timeZone: 'Europe/Berlin',
};
const scheduled = (changes: Partial<GeofenceSchedule>): GeofenceSchedule => ({ ...nightly, ...changes });

/** The minutes at which it becomes active or inactive, as UTC. */
function edges(schedule: GeofenceSchedule, from: string, to: string): string[] {
  const { isActiveAt } = createSchedule(schedule);
  const found: string[] = [];
  let was = isActiveAt(Date.parse(from) - 60_000);
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += 60_000) {
    const is = isActiveAt(ms);
    if (is !== was) found.push(`${new Date(ms).toISOString().slice(5, 16)} ${is ? 'on' : 'off'}`);
    was = is;
  }
  return found;
}

test('22:00 to 05:00 in Berlin ends at five on the clock in the short night of spring', () => {
  expect(edges(nightly, '2026-03-27T12:00Z', '2026-03-30T12:00Z')).toEqual([
    '03-27T21:00 on',
    '03-28T04:00 off',
    '03-28T21:00 on',
    '03-29T03:00 off',
    '03-29T20:00 on',
    '03-30T03:00 off',
  ]);
});

test('22:00 to 05:00 in Berlin ends at five on the clock in the long night of autumn', () => {
  expect(edges(nightly, '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
    '10-24T20:00 on',
    '10-25T04:00 off',
    '10-25T21:00 on',
    '10-26T04:00 off',
  ]);
});

test('days from midnight to midnight leave no gap when the clock changes', () => {
  const always = scheduled({ start: '2026-01-01T00:00', durationS: 24 * HOUR_S });
  expect(edges(always, '2026-03-20T00:00Z', '2026-04-05T00:00Z')).toEqual([]);
  expect(edges(always, '2026-10-20T00:00Z', '2026-11-01T00:00Z')).toEqual([]);
});

test('a start that spring skips is moved on, a span within what is skipped is none, later spans hold', () => {
  const skipped = scheduled({ start: '2026-03-01T02:30', durationS: 2 * HOUR_S });
  expect(edges(skipped, '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
    '03-29T01:30 on',
    '03-29T02:30 off',
  ]);
  const within = scheduled({ start: '2026-03-01T02:00', durationS: 0.5 * HOUR_S });
  expect(edges(within, '2026-03-28T00:00Z', '2026-03-30T12:00Z')).toEqual([
    '03-28T01:00 on',
    '03-28T01:30 off',
    '03-29T01:00 on',
    '03-29T01:30 off',
    '03-30T00:00 on',
    '03-30T00:30 off',
  ]);
});

test('an hour that autumn repeats counts the first time', () => {
  const twice = scheduled({ start: '2026-01-01T02:00', durationS: 0.5 * HOUR_S });
  expect(edges(twice, '2026-10-24T22:00Z', '2026-10-25T12:00Z')).toEqual([
    '10-25T00:00 on',
    '10-25T00:30 off',
  ]);
});

test('the first instant belongs to a span and the last one does not', () => {
  const { isActiveAt } = createSchedule(nightly);
  const startMs = Date.parse('2026-01-01T21:00Z');
  expect(
    [startMs - 1, startMs, startMs + 7 * HOUR_S * 1_000 - 1, startMs + 7 * HOUR_S * 1_000].map(isActiveAt),
  ).toEqual([false, true, true, false]);
});

test('without a rule there is one occurrence', () => {
  const once = scheduled({ rrule: null, start: '2026-05-01T12:00', durationS: 30 * 24 * HOUR_S });
  expect(edges(once, '2026-01-01T00:00Z', '2026-12-31T00:00Z')).toEqual([
    '05-01T10:00 on',
    '05-31T10:00 off',
  ]);
});

test('exceptions are left out', () => {
  const without = scheduled({ exdates: ['2026-01-02T22:00', '2026-01-03T22:00:00'] });
  expect(edges(without, '2026-01-01T12:00Z', '2026-01-05T12:00Z')).toEqual([
    '01-01T21:00 on',
    '01-02T04:00 off',
    '01-04T21:00 on',
    '01-05T04:00 off',
  ]);
});

test.each([
  ['in UTC', 'UNTIL=20260103T210000Z'],
  ['in local time', 'UNTIL=20260103T220000'],
  ['as a day', 'UNTIL=20260103'],
  ['as a count', 'COUNT=3'],
])('an end %s has its last occurrence in it', (_how, end) => {
  const ended = scheduled({ rrule: `FREQ=DAILY;${end}` });
  expect(edges(ended, '2026-01-03T12:00Z', '2026-02-20T12:00Z')).toEqual([
    '01-03T21:00 on',
    '01-04T04:00 off',
  ]);
});

// The examples of RFC 5545, 3.8.5.3, in New York from 1997 on, as the days of their occurrences.
test.each([
  ['FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH', '1997-09-02T09:00', '09-02 09-04 09-16 09-18 09-30'],
  ['FREQ=MONTHLY;BYDAY=1FR', '1997-09-05T09:00', '09-05 10-03 11-07 12-05'],
  ['FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28T09:00', '09-28 10-29 11-28 12-29'],
  ['FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3;COUNT=3', '1997-09-04T09:00', '09-04 10-07 11-06'],
  ['FREQ=YEARLY;BYWEEKNO=45;BYDAY=MO', '1997-09-02T09:00', '11-03'],
  ['FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU', '1997-09-02T09:00', '11-04'],
])('%s comes when RFC 5545 says', (rrule, start, days) => {
  const rule = scheduled({ rrule, start, durationS: HOUR_S, timeZone: 'America/New_York' });
  const to = days.length > 24 ? '1997-10-01T00:00Z' : '1998-01-01T00:00Z';
  const on = edges(rule, '1997-09-01T00:00Z', to).filter((edge) => edge.endsWith(' on'));
  expect(on.map((edge) => edge.slice(0, 5)).join(' ')).toBe(days);
});

test('every span of a dense rule is kept across windows, whichever is asked first', () => {
  const often = scheduled({
    rrule: 'FREQ=HOURLY;BYMINUTE=0,15,30,45',
    durationS: 300,
    timeZone: 'Africa/Kampala',
  });
  const { isActiveAt } = createSchedule(often);
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('2026-01-02'), max: Date.parse('2027-01-01') }), (ms) => {
      expect(isActiveAt(ms)).toBe(ms % 900_000 < 300_000);
    }),
    { numRuns: 60, seed: 4 },
  );
});

test('spans longer than their distance run into one another', () => {
  const long = scheduled({ rrule: 'FREQ=WEEKLY', durationS: 31 * 24 * HOUR_S });
  expect(edges(long, '2026-01-01T00:00Z', '2026-04-01T00:00Z')).toEqual(['01-01T21:00 on']);
});

test('before 1900 and after 2199, and at no time at all, nothing is active', () => {
  const { isActiveAt } = createSchedule(scheduled({ start: '1900-01-01T00:00', durationS: 24 * HOUR_S }));
  expect([Date.UTC(1899, 5), Date.UTC(2200, 1), Number.NaN, Infinity].map(isActiveAt)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(isActiveAt(Date.UTC(2199, 11, 31))).toBe(true);
});

test.each<[string, Partial<GeofenceSchedule>, RegExp]>([
  ['an unknown time zone', { timeZone: 'Europe/Atlantis' }, /time zone/],
  ['an offset for a time zone', { timeZone: '+01:00' }, /time zone/],
  ['a start in UTC', { start: '2026-01-01T22:00:00Z' }, /start/],
  ['a start that is no day', { start: '2026-02-30T22:00:00' }, /start/],
  ['a start long ago', { start: '1850-01-01T22:00:00' }, /1900/],
  ['an exception that is no time', { exdates: ['tomorrow'] }, /exception/],
  ['an empty rule', { rrule: '' }, /unknown part/],
  ['a rule without frequency', { rrule: 'BYDAY=MO' }, /no FREQ/],
  ['every minute', { rrule: 'FREQ=MINUTELY' }, /FREQ=MINUTELY/],
  ['every second', { rrule: 'FREQ=SECONDLY' }, /FREQ=SECONDLY/],
  ['a hundred times a day', { rrule: 'FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50' }, /144 times a day/],
  ['an unknown part', { rrule: 'FREQ=DAILY;BYMOON=1' }, /BYMOON/],
  ['a name that objects have', { rrule: 'FREQ=DAILY;constructor=1' }, /CONSTRUCTOR/],
  ['a part twice', { rrule: 'FREQ=DAILY;INTERVAL=2;INTERVAL=3' }, /twice/],
  ['a 13th month', { rrule: 'FREQ=DAILY;BYMONTH=13' }, /BYMONTH=13/],
  ['a 32nd of a month', { rrule: 'FREQ=MONTHLY;BYMONTHDAY=32' }, /BYMONTHDAY=32/],
  ['a weekday that is none', { rrule: 'FREQ=WEEKLY;BYDAY=XX' }, /BYDAY=XX/],
  ['a second Monday of a week', { rrule: 'FREQ=WEEKLY;BYDAY=2MO' }, /weekdays/],
  ['weeks of a month', { rrule: 'FREQ=MONTHLY;BYWEEKNO=3' }, /BYWEEKNO with FREQ=MONTHLY/],
  ['a choice from nothing', { rrule: 'FREQ=DAILY;BYSETPOS=1' }, /BYSETPOS/],
  ['an interval of nothing', { rrule: 'FREQ=DAILY;INTERVAL=0' }, /INTERVAL=0/],
  ['an end that is no day', { rrule: 'FREQ=DAILY;UNTIL=20260230' }, /UNTIL/],
  ['both ends', { rrule: 'FREQ=DAILY;COUNT=3;UNTIL=20260301' }, /both/],
  ['an end before the start', { rrule: 'FREQ=DAILY;UNTIL=20250101' }, /never/],
  ['a day that no year has', { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, /never/],
])('%s is refused', (_what, changes, message) => {
  expect(() => checkSchedule(scheduled(changes))).toThrow(
    expect.objectContaining({
      code: 'schedule_invalid',
      status: 422,
      message: expect.stringMatching(message),
    }),
  );
});

test('a rule that comes rarely is a rule', () => {
  expect(() =>
    checkSchedule(scheduled({ rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO' })),
  ).not.toThrow();
});

test('any text for a rule is taken or refused with its code', () => {
  const part = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc
      .tuple(fc.constantFrom('FREQ', 'BYDAY', 'COUNT', 'UNTIL', 'BYHOUR'), fc.string({ maxLength: 6 }))
      .map((pair) => pair.join('=')),
    fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY', 'BYDAY=MO', 'COUNT=5', 'BYHOUR=3'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const code = codeOf(() => checkSchedule(scheduled({ rrule: parts.join(';') })));
      expect(code ?? 'schedule_invalid').toBe('schedule_invalid');
    }),
    { numRuns: 500, seed: 4 },
  );
});
