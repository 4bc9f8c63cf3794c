import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { findingId } from './finding-id.ts';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const powerCut: Finding = {
  rule: 'alarms',
  kind: 'powerCut',
  subject: '',
  startMs: START_MS,
  confirmedMs: START_MS,
  endMs: START_MS,
  lat: 0.35,
  lon: 32.58,
  details: {},
};

// Python's uuid.uuid5 gave these, from the name space and the JSON text of each.
test.each([
  [7, powerCut, '8e785e1e-b99a-5f5d-a577-31e5ea9c6d04'],
  [
    7,
    { ...powerCut, rule: 'geofence', kind: 'geofenceExit', subject: '42' },
    'b804d646-c39f-5c72-9378-63b5bc8a5440',
  ],
  [
    7,
    { ...powerCut, rule: 'overspeed', kind: 'overspeed', startMs: START_MS + 1 },
    '0a02535e-2b6f-5944-9ca4-e3e3297f2c70',
  ],
  [123_456_789_012, { ...powerCut, kind: 'Türe "auf"', startMs: 0 }, '87f3bd97-e09a-54fc-b594-11dd921301d7'],
] as const)(
  'the id of a finding of device %s stays what it was: version 5 of RFC 9562',
  (deviceId, finding, id) => {
    expect(findingId(deviceId, finding)).toBe(id);
  },
);

test('an end, a place and figures change nothing', () => {
  const ended: Finding = {
    ...powerCut,
    endMs: START_MS + 60_000,
    lat: null,
    lon: null,
    details: { peakKmh: 90 },
  };
  expect(findingId(7, ended)).toBe(findingId(7, powerCut));
});

test('two findings that are about different things never share an id', () => {
  const identity = fc.record({
    deviceId: fc.integer({ min: 1, max: 12 }),
    rule: fc.constantFrom('alarms', 'geofence', 'tow'),
    kind: fc.string({ maxLength: 3 }),
    subject: fc.string({ maxLength: 3 }),
    startMs: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(findingId(one.deviceId, one) === findingId(other.deviceId, other)).toBe(isSame);
    }),
  );
});
