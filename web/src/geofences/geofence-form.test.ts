import { expect, test } from 'vitest';
import type { GeofenceFields, GeofenceShape } from '../api/geofence-types.ts';
import { emptyForm, fieldsOf, formOf, refusalOf } from './geofence-form.ts';
import { formatOf } from './import-form.ts';
import { versionWords } from './version-words.ts';

const TODAY = '2026-11-20';
const SHAPE: GeofenceShape = { type: 'Circle', center: [32.5, 0.3], radiusM: 200 };
const FENCE: GeofenceFields = {
  name: 'School zone',
  kind: 'low_speed',
  shape: SHAPE,
  groupId: null,
  vehicleId: '4',
  schedule: null,
  speedLimitKmh: 30,
  dwellS: 5_400,
};

test('a geofence comes back from its form as it was', () => {
  expect(fieldsOf(formOf(FENCE, 'UTC'), SHAPE, TODAY)).toEqual({ fields: FENCE, problems: null });
});

test('what is chosen last counts for whom it holds', () => {
  const form = { ...formOf(FENCE, 'UTC'), groupId: '9', scope: 'group' } as const;
  expect(fieldsOf(form, SHAPE, TODAY).fields).toMatchObject({ groupId: '9', vehicleId: null });
  expect(fieldsOf({ ...form, scope: 'fleet' }, SHAPE, TODAY).fields).toMatchObject({
    groupId: null,
    vehicleId: null,
  });
});

test('each field says what is wrong with it', () => {
  const form = { ...emptyForm('UTC'), kind: 'low_speed', scope: 'group', dwellMin: '-3' } as const;
  const { problems } = fieldsOf(form, null, TODAY);
  expect(Object.keys(problems ?? {}).sort()).toEqual(['dwell', 'limit', 'name', 'shape', 'whom']);
  expect(fieldsOf({ ...form, limitKmh: 'fast' }, null, TODAY).problems?.limit).toContain('400');
});

test('what the API refuses is told at its field, with the place that it means', () => {
  const crossing = refusalOf({
    code: 'shape_self_crossing',
    message: 'The outline crosses itself at [32.577641, -0.319564].',
    fields: [],
  });
  expect(crossing.problems.shape).toContain('crosses itself');
  expect(crossing.place).toEqual([32.577641, -0.319564]);
  expect(crossing.general).toBeNull();
  const invalid = refusalOf({
    code: 'invalid_request',
    message: '/name: too long; /other: odd',
    fields: [
      { path: '/name', message: 'too long' },
      { path: '/other', message: 'odd' },
    ],
  });
  expect(invalid).toEqual({ problems: { name: 'too long' }, general: 'odd', place: null });
  expect(refusalOf({ code: 'too_many_geofences', message: 'Too many.', fields: [] }).general).toBe(
    'Too many.',
  );
});

test('a text is known by the name of its file, or by how it begins', () => {
  expect(formatOf('anything', 'Zones.KML')).toBe('kml');
  expect(formatOf('  {"type":"FeatureCollection"')).toBe('geojson');
  expect(formatOf('<?xml version="1.0"?>')).toBe('kml');
  expect(formatOf('SRID=4326; MULTIPOLYGON(((')).toBe('wkt');
  expect(formatOf('somewhere')).toBeNull();
});

test('a version tells what it changed of the one before', () => {
  const first = { ...FENCE, id: '1', version: 1, validFrom: '2026-11-20T12:00:00Z', validTo: null };
  const second = { ...first, version: 2, speedLimitKmh: 20, vehicleId: null, groupId: '2' };
  expect(versionWords(first, null)).toBe('Made');
  expect(versionWords(second, first)).toBe('Changed whom it holds for and speed limit');
  expect(versionWords({ ...first, version: 2 }, first)).toBe('Saved again');
});
