import { expect, test } from 'vitest';
import type { DailyFigures, RiskEvent } from '../api/event-types.ts';
import { bandsOf, marksOf } from './bands.ts';
import { dayFacts, tripWords } from './trip-words.ts';

const atMs = (minute: number) => Date.UTC(2026, 10, 20, 12, minute);
const iso = (minute: number) => new Date(atMs(minute)).toISOString();
const EXTENT = { fromMs: atMs(0), toMs: atMs(100) };

test('trips and stops lie over the time line where they were, what lasts until its end', () => {
  const bands = bandsOf(
    [
      { id: 'before', kind: 'stop', startedAt: iso(-30), endedAt: iso(10) },
      { id: 'trip', kind: 'trip', startedAt: iso(10), endedAt: iso(40) },
      { id: 'last', kind: 'stop', startedAt: iso(40), endedAt: null },
      { id: 'beside', kind: 'trip', startedAt: iso(200), endedAt: iso(210) },
    ],
    EXTENT,
  );
  expect(bands.map(({ id, left, width }) => [id, left, width])).toEqual([
    ['before', 0, 10],
    ['trip', 10, 30],
    ['last', 40, 60],
  ]);
});

test('events are marked where they began', () => {
  const events = [iso(25), iso(-1)].map((occurredAt) => ({ occurredAt }) as RiskEvent);
  expect(marksOf(events, EXTENT).map(({ left }) => left)).toEqual([25]);
});

test('a trip tells what is worth telling of it', () => {
  expect(
    tripWords({ kind: 'trip', details: { maxSpeedKmh: 61.6, towed: true, gap: { seconds: 60 } } }),
  ).toEqual(['top 62 km/h', 'towed', 'with a gap']);
  expect(tripWords({ kind: 'trip', details: { maxSpeedKmh: null, towed: false, gap: null } })).toEqual([]);
  expect(tripWords({ kind: 'stop', details: { ignitionOnS: 500 } })).toEqual(['engine on for 8 min']);
  expect(tripWords({ kind: 'stop', details: { ignitionOnS: 20 } })).toEqual([]);
});

test('of what did not happen on a day nothing is said', () => {
  const quiet: DailyFigures = {
    positions: 3,
    firstFixAt: iso(0),
    lastFixAt: iso(9),
    distanceM: 0,
    odometerM: null,
    bestM: 0,
    bestSource: 'distance',
    drivingS: 0,
    idleS: 0,
    trips: 0,
    towedTrips: 0,
    stops: 1,
    nightS: 0,
    nightDistanceM: 0,
    maxSpeedKmh: null,
    harsh: { acceleration: 0, braking: 0, cornering: 0 },
    overspeeds: 0,
    overspeedS: 0,
    territoryExits: 0,
    forbiddenEntries: 0,
    tamperEvents: 0,
    tows: 0,
    silenceS: 0,
    parkedOvernightH3: null,
    isComplete: false,
  };
  expect(dayFacts(quiet)).toEqual([{ name: 'Mileage', value: '0 m, by fixes' }]);
  const driven = {
    ...quiet,
    bestM: 42_300,
    bestSource: 'odometer',
    trips: 4,
    harsh: { ...quiet.harsh, braking: 2 },
  } as const;
  expect(dayFacts(driven)).toEqual([
    { name: 'Mileage', value: '42.3 km, by odometer' },
    { name: 'Trips', value: '4' },
    { name: 'Harsh driving', value: '2 ×' },
  ]);
});
