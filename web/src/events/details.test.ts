import { expect, test } from 'vitest';
import { figuresOf, fixTimesOf, geofenceOf, limitOf, span } from './details.ts';

test('fixes are times whether they are told as text or as epoch milliseconds, oldest first', () => {
  const atMs = Date.UTC(2026, 10, 20, 12);
  expect(fixTimesOf({ fixes: [atMs + 1000, new Date(atMs).toISOString()] })).toEqual([atMs, atMs + 1000]);
  expect(fixTimesOf({ fixes: [{ fixTime: new Date(atMs).toISOString() }, 'never'] })).toEqual([atMs]);
  expect(fixTimesOf({})).toEqual([]);
});

test('a speed limit is told with where it came from, by the name of its geofence if it has one', () => {
  expect(
    limitOf({ limitKmh: 50, limitFrom: { scope: 'geofence', id: '4', name: 'School', version: 2 } }),
  ).toEqual({
    limitKmh: 50,
    source: { scope: 'geofence', id: '4', name: 'School' },
  });
  expect(limitOf({ limitKmh: 80 })).toEqual({ limitKmh: 80, source: null });
  expect(limitOf({ limitFrom: { scope: 'kind', id: 'van' } })).toBeNull();
});

test('the geofence of an event is the one it was about, or the one whose limit was broken', () => {
  expect(geofenceOf({ geofenceId: '7', version: 3, name: 'Quarry', geofenceKind: 'forbidden' })).toEqual({
    id: '7',
    name: 'Quarry',
    kind: 'forbidden',
    version: 3,
  });
  expect(
    geofenceOf({ limitKmh: 30, limitFrom: { scope: 'geofence', id: '4', name: 'School', version: 2 } }),
  ).toEqual({ id: '4', name: 'School', kind: null, version: 2 });
  expect(geofenceOf({ limitKmh: 30, limitFrom: { scope: 'vehicle', id: '4' } })).toBeNull();
});

test('figures are named without their units and written with them', () => {
  expect(
    figuresOf({
      peakKmh: 72.4,
      straightM: 1_240,
      longestGapS: 95,
      peakMps2: 5.24,
      batteryV: 11.25,
      tolerancePercent: 25,
      wasParked: false,
      repeats: 3,
    }),
  ).toEqual([
    { name: 'Highest speed', value: '72 km/h' },
    { name: 'As the crow flies', value: '1.2 km' },
    { name: 'Longest gap between fixes', value: '1 min 35 s' },
    { name: 'Strongest', value: '5.2 m/s²' },
    { name: 'Battery', value: '11.3 V' },
    { name: 'Tolerance', value: '25 %' },
    { name: 'Was parked', value: 'No' },
    { name: 'Told again', value: '3' },
  ]);
});

test('a figure that nobody foresaw is shown all the same, and what other words tell is not', () => {
  expect(
    figuresOf({ coolantTemperature: 96, newCounterM: 12, fixes: [1], geofenceId: '7', name: 'Quarry' }),
  ).toEqual([
    { name: 'Coolant temperature', value: '96' },
    { name: 'New counter', value: '12 m' },
  ]);
  expect(figuresOf({ endedBecause: 'slowedDown' })).toEqual([
    { name: 'Ended because', value: 'the vehicle slowed down' },
  ]);
  expect(figuresOf({ endedBecause: 'somethingElse' })[0]?.value).toBe('something else');
});

test('a span of time is told to the part that matters', () => {
  expect([40, 60, 260, 3_600, 11_100, 200_000].map(span)).toEqual([
    '40 s',
    '1 min',
    '4 min 20 s',
    '1 h',
    '3 h 5 min',
    '2 d',
  ]);
});
