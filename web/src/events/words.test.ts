import { expect, test } from 'vitest';
import type { RiskEvent } from '../api/event-types.ts';
import { explanation } from './explanation.ts';
import { handledName } from './kind-words.ts';
import { headline, isLasting, isOpen, lateWords, retractionWords } from './words.ts';

const AT = '2026-11-20T12:00:00.000Z';
const event = (kind: string, details: RiskEvent['details'] = {}, endedAt: string | null = null) => ({
  kind,
  rule: 'geofence',
  details,
  occurredAt: AT,
  confirmedAt: '2026-11-20T12:00:40.000Z',
  endedAt,
});

test('events of geofences name the geofence and what it is', () => {
  const kampala = { geofenceId: '1', name: 'Kampala', geofenceKind: 'territory', version: 1 };
  expect(headline(event('geofenceExit', kampala))).toBe('Left territory Kampala');
  expect(
    headline(event('geofenceEnter', { geofenceId: '2', name: 'Depot North', geofenceKind: 'depot' })),
  ).toBe('Entered Depot North');
  expect(headline(event('geofenceDwell', { ...kampala, geofenceKind: 'home', dwellS: 1_800 }))).toBe(
    'In home Kampala for longer than 30 min',
  );
  expect(headline(event('geofenceCrossed', { geofenceKind: 'border' }))).toBe('Passed through a border');
});

test('speeding tells the speed, the limit and where the limit came from', () => {
  const details = {
    peakKmh: 72.4,
    limitKmh: 50,
    limitFrom: { scope: 'geofence', id: '1', name: 'School zone' },
  };
  expect(headline(event('overspeed', details))).toBe(
    '72 km/h where 50 was allowed, from geofence School zone',
  );
  expect(headline(event('overspeed', { ...details, limitFrom: { scope: 'lease', id: '3' } }))).toBe(
    '72 km/h where 50 was allowed, while leased',
  );
  expect(headline(event('overspeed'))).toBe('Speeding');
});

test('a silence tells what is thought of it, and how long it was once it is over', () => {
  expect(headline(event('silence', { class: 'after_power_cut' }))).toBe('Silent after a power cut');
  expect(headline(event('silence', { class: 'unexplained' }, '2026-11-20T15:05:00.000Z'))).toBe(
    'Silent and nothing explains it, for 3 h 5 min',
  );
});

test('what a tracker reports under a name of its own is spelt out', () => {
  expect(headline(event('doorForced'))).toBe('Door forced');
  expect(headline(event('sos'))).toBe('SOS');
  expect(handledName('geofenceEnter.forbidden')).toBe('Entered a forbidden zone');
  expect(handledName('silence.after_jamming')).toBe('Silent after jamming');
});

test('an explanation says by what it was found, how many fixes made it and when it was certain', () => {
  const details = {
    geofenceId: '1',
    name: 'Quarry',
    geofenceKind: 'forbidden',
    fixes: [AT, '2026-11-20T12:00:40.000Z'],
  };
  expect(explanation(event('geofenceEnter', details))).toBe(
    'The vehicle came into “Quarry”, which is a forbidden zone. 2 fixes made it; it was certain after 40 s.',
  );
  expect(explanation({ ...event('powerCut'), rule: 'alarms', confirmedAt: AT })).toBe(
    'The tracker reported it.',
  );
});

test('a late event tells both times', () => {
  const words = lateWords({ occurredAt: AT, detectedAt: '2026-11-20T12:31:00.000Z' });
  expect(words).toMatch(/^Happened \d\d:\d\d:00, found \d\d:\d\d:00$/);
  expect(lateWords({ occurredAt: AT, detectedAt: '2026-11-22T12:31:00.000Z' })).toContain('22 Nov 2026');
});

test('what was retracted is neither open nor lasting, and its reason is in words', () => {
  const retracted = { endedAt: null, acknowledgedAt: null, retractedAt: AT };
  expect([isOpen(retracted), isLasting(retracted)]).toEqual([false, false]);
  expect(isLasting({ endedAt: null, retractedAt: null })).toBe(true);
  expect(retractionWords('superseded')).toBe('Another event stands in its place.');
  expect(retractionWords('something_new')).toBe('something new');
});
