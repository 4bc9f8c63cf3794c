import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from './defaults.ts';
import { handlingOf, handlingRows, withHandling } from './handling.ts';
import { EMPTY_LIMIT, limitOf } from './limit-form.ts';
import { previewTally } from './preview-words.ts';
import { defaultOf, problemOf, RULE_SECTIONS, settingsOf, textsOf } from './rule-fields.ts';

test('every setting but severities has a field or a switch', () => {
  const { texts, switches } = textsOf(DEFAULT_SETTINGS);
  const { timeZone: _zone, events: _events, ...sections } = DEFAULT_SETTINGS;
  const wanted = Object.entries(sections).flatMap(([section, values]) =>
    Object.keys(values).map((name) => `${section}.${name}`),
  );
  expect([...Object.keys(texts), ...Object.keys(switches)].sort()).toEqual(wanted.sort());
});

test('settings come back from their fields as they were', () => {
  expect(settingsOf(textsOf(DEFAULT_SETTINGS), DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
});

test('a span is shown in the unit that it is thought of and kept in seconds', () => {
  const form = textsOf(DEFAULT_SETTINGS);
  expect(form.texts['silence.afterS']).toBe('3');
  const changed = settingsOf(
    { ...form, texts: { ...form.texts, 'silence.afterS': '0.5' } },
    DEFAULT_SETTINGS,
  );
  expect(changed?.silence.afterS).toBe(1_800);
});

test('severities that are set elsewhere are kept', () => {
  const saved = { ...DEFAULT_SETTINGS, events: { tow: { severity: 'info', routes: [] } } } as const;
  const kept = { ...saved, events: { tow: { severity: 'info' as const, routes: [] } } };
  expect(settingsOf(textsOf(kept), kept)?.events).toEqual(kept.events);
});

test('a field says what it takes, in the unit that it shows', () => {
  const silence = RULE_SECTIONS.find(({ name }) => name === 'silence')?.fields[0];
  expect(problemOf(silence!, '3')).toBeNull();
  expect(problemOf(silence!, '0.01')).toBe('Between 0.083 and 744 h');
  expect(problemOf(silence!, '')).toBe('Enter a number.');
  const fixes = RULE_SECTIONS[0]?.fields[0];
  expect(problemOf(fixes!, '2.5')).toBe('Enter a whole number.');
  expect(defaultOf('geofence', fixes!)).toBe('2 fixes');
  const wrong = textsOf(DEFAULT_SETTINGS);
  expect(
    settingsOf({ ...wrong, texts: { ...wrong.texts, 'tow.confirmFixes': '0' } }, DEFAULT_SETTINGS),
  ).toBeNull();
});

test('a severity that is as without it is not kept as one of the operator’s own', () => {
  const own = withHandling({}, 'tow', { severity: 'info', routes: ['live'] });
  expect(own).toEqual({ tow: { severity: 'info', routes: ['live'] } });
  expect(withHandling(own, 'tow', { severity: 'critical', routes: ['live', 'queue'] })).toEqual({});
});

test('a variant is handled as its kind unless it is named itself, by whomever', () => {
  const own = { geofenceEnter: { severity: 'warning', routes: [] } } as const;
  const mutable = { geofenceEnter: { severity: own.geofenceEnter.severity, routes: [] } };
  expect(handlingOf(mutable, 'geofenceEnter.depot').severity).toBe('warning');
  expect(handlingOf(mutable, 'geofenceEnter.forbidden').severity).toBe('critical');
  expect(handlingOf({}, 'somethingOfATracker').severity).toBe('warning');
});

test('variants stand below their kind, and names of the operator’s own have a line as well', () => {
  const rows = handlingRows({
    'geofenceEnter.depot': { severity: 'info', routes: [] },
    doorForced: { severity: 'info', routes: [] },
  });
  expect(rows.slice(0, 4)).toEqual([
    'geofenceEnter',
    'geofenceEnter.border',
    'geofenceEnter.depot',
    'geofenceEnter.forbidden',
  ]);
  expect(rows.at(-1)).toBe('doorForced');
});

test('a speed limit is for a kind, a vehicle, or a lease of one', () => {
  expect(limitOf({ ...EMPTY_LIMIT, limit: '60' })).toEqual({
    scope: 'kind',
    kind: 'motorcycle',
    limitKmh: 60,
  });
  expect(limitOf({ ...EMPTY_LIMIT, limit: '401' })).toBeNull();
  expect(limitOf({ ...EMPTY_LIMIT, scope: 'vehicle', limit: '60' })).toBeNull();
  const lease = { ...EMPTY_LIMIT, scope: 'lease', vehicleId: '3', limit: '60' } as const;
  expect(limitOf(lease)).toBeNull();
  expect(limitOf({ ...lease, lease: ' L-7 ' })).toEqual({
    scope: 'lease',
    vehicleId: '3',
    lease: 'L-7',
    limitKmh: 60,
  });
});

test('what was tried is summed up by kind, the most frequent first', () => {
  expect(previewTally([{ kind: 'tow' }, { kind: 'overspeed' }, { kind: 'overspeed' }])).toBe(
    '2 × speeding, 1 × moved with the ignition off',
  );
});
