import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { ownTracks } from './owntracks.ts';
import { ownTracksSamples } from './samples.ts';

const TOPIC = 'owntracks/jane/phone';
const NOW = Date.UTC(2026, 10, 20, 10);
const decode = (message: unknown) =>
  ownTracks.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topic: TOPIC,
    receivedAtMs: NOW,
  });
const fix = { _type: 'location', tst: 1795132800, lat: 0.3476, lon: 32.5825 };
const positionOf = (more: object) => decode({ ...fix, ...more }).positions[0];

describe('the OwnTracks format', () => {
  it.each(ownTracksSamples.map((sample) => [sample.name, sample] as const))(
    'reads the sample: %s',
    (_name, { topic, payload, expected, refused }) => {
      const { positions, refusals } = ownTracks.decode(payload, { topic, receivedAtMs: NOW });
      expect(refusals.map(({ reason }) => reason)).toEqual(refused === undefined ? [] : [refused]);
      expect(positions).toMatchObject(expected === undefined ? [] : [expected]);
      expect(positions[0]?.attributes).toEqual(expected?.attributes);
    },
  );

  it.each([
    [TOPIC, 'phone'],
    ['owntracks/jane/phone/event', 'phone'],
    ['owntracks/jane/phone/waypoints', 'phone'],
    ['owntracks/jane', null],
    ['owntracks//phone', null],
    ['owntracks/jane/', null],
    ['/owntracks/jane/phone', null],
    ['devices/jane/phone', null],
  ])('reads of %s the ident %s', (topic, ident) => {
    expect(ownTracks.identOf(topic)).toBe(ident);
    expect(ownTracks.reads(topic)).toBe(ident !== null);
  });

  it('needs only the time, and keeps one coordinate alone without believing it', () => {
    expect(decode({ _type: 'location', tst: 1795132800.25, lat: 1, lon: null }).positions).toMatchObject([
      { fixTimeMs: 1_795_132_800_250, lat: null, lon: null, attributes: { lat: 1 }, doubts: Doubt.noFix },
    ]);
  });

  it('takes an absent speed, course, altitude or accuracy for unknown and a written zero for zero', () => {
    expect(positionOf({})).toMatchObject({
      speedKmh: null,
      headingDeg: null,
      altitudeM: null,
      accuracyM: null,
      attributes: null,
    });
    expect(positionOf({ vel: 0, cog: 0, alt: 0, acc: 0 })).toMatchObject({
      speedKmh: 0,
      headingDeg: 0,
      altitudeM: 0,
      accuracyM: 0,
    });
  });

  it('takes −1 for unknown', () => {
    expect(positionOf({ vel: -1, cog: -1, acc: -1, vac: -1, batt: -1, alt: -1 })).toMatchObject({
      speedKmh: null,
      headingDeg: null,
      accuracyM: null,
      altitudeM: -1,
      attributes: null,
    });
  });

  it('reads numbers that are written as texts', () => {
    expect(
      positionOf({ tst: '1408810440', vel: '46.5', cog: '283.35', lat: '48.858', lon: '2.295' }),
    ).toMatchObject({
      fixTimeMs: 1_408_810_440_000,
      speedKmh: 46.5,
      headingDeg: 283.35,
      lat: 48.858,
      lon: 2.295,
    });
  });

  it('keeps under its own key what no column can hold', () => {
    expect(
      positionOf({ vel: 2_000, cog: 361, acc: 'poor', odometer: -4, ign: 'on', bs: 7, batt: 130 }),
    ).toMatchObject({
      speedKmh: null,
      headingDeg: null,
      accuracyM: null,
      odometerM: null,
      ignition: null,
      attributes: { vel: 2_000, cog: 361, acc: 'poor', odometer: -4, ign: 'on', bs: 7, batt: 130 },
    });
  });

  it.each([
    [0, null],
    [1, { charging: false }],
    [2, { charging: true }],
    [3, { charging: true }],
  ])('reads the battery status %s', (bs, attributes) => {
    expect(positionOf({ bs })?.attributes).toEqual(attributes);
  });

  it.each([
    ['!', {}, 'tow'],
    ['e', {}, 'powerCut'],
    ['9', {}, 'lowBattery'],
    [9, {}, 'lowBattery'],
    ['s', {}, 'overspeed'],
    ['h', { rty: 0 }, 'harshBraking'],
    ['h', { rty: 3 }, 'harshBraking'],
    ['h', { rty: 1 }, 'harshAcceleration'],
    ['h', { rty: 5 }, 'harshCornering'],
    ['h', {}, 'general'],
    ['h', { rty: 6 }, 'general'],
    ['s', { tow: true }, 'overspeed,tow'],
    ['E', {}, null],
    ['p', { tow: false }, null],
  ])('makes of the trigger %s with %o the alarm %s', (t, more, alarm) => {
    expect(positionOf({ t, ...more })).toMatchObject({ alarm, attributes: { event: String(t) } });
  });

  it('takes ignition and charging from the trigger unless a field says it', () => {
    expect(positionOf({ t: 'i' })?.ignition).toBe(true);
    expect(positionOf({ t: 'I' })?.ignition).toBe(false);
    expect(positionOf({ t: 'I', ign: true })?.ignition).toBe(true);
    expect(positionOf({ t: '2' })?.attributes).toEqual({ event: '2', charging: false });
    expect(positionOf({ t: '3' })?.attributes).toEqual({ event: '3', charging: true });
    expect(positionOf({ t: '3', bs: 1 })?.attributes).toEqual({ event: '3', charging: false });
  });

  it('reads a region left and takes another event for no alarm', () => {
    const transition = { _type: 'transition', tst: 1795132800, lat: 1, lon: 2 };
    expect(decode({ ...transition, event: 'leave' }).positions[0]?.alarm).toBe('geofenceExit');
    expect(decode({ ...transition, event: 'dwell' }).positions).toMatchObject([
      { alarm: null, attributes: { event: 'dwell' } },
    ]);
  });

  it('places a last will at its receipt, because its time is that of the connection', () => {
    expect(decode({ _type: 'lwt', tst: 1795100000 }).positions).toMatchObject([
      { fixTimeMs: NOW, lat: null, attributes: { event: 'lwt', tst: 1795100000 }, doubts: Doubt.noFix },
    ]);
  });

  it('does not lose a fix to the photograph that came with it', () => {
    expect(positionOf({ poi: 'Depot', image: 'x'.repeat(1_000_000), conn: 'm' })).toMatchObject({
      lat: 0.3476,
      attributes: { cutImageBytes: 1_000_000, poi: 'Depot', conn: 'm' },
    });
    expect(decode({ _type: 'card', face: 'x'.repeat(1_000_000) }).refusals[0]?.reason).toBe('not_a_position');
    expect(positionOf({ image: 'small' })?.attributes).toEqual({ image: 'small' });
  });

  it('leaves a key that is called __proto__ alone', () => {
    const { positions } = decode(
      `{"_type":"location","tst":1,"lat":1,"lon":1,"__proto__":{"polluted":true},"a":1}`,
    );
    expect(positions[0]?.attributes).toEqual({ a: 1 });
    expect(positions[0]?.attributes).not.toHaveProperty('polluted');
  });

  it.each([
    ['', 'malformed'],
    ['not JSON', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    [{ tst: 1, lat: 1, lon: 1 }, 'missing_field'],
    [{ _type: 5 }, 'invalid_field'],
    [{ ...fix, tst: undefined }, 'missing_field'],
    [{ ...fix, tst: null }, 'missing_field'],
    [{ ...fix, tst: 'today' }, 'invalid_field'],
    [{ ...fix, tst: 1e300 }, 'invalid_field'],
    [{ _type: 'transition', event: 'enter' }, 'missing_field'],
    [{ ...fix, note: 'x'.repeat(9_000) }, 'invalid_field'],
  ])('refuses %o: %s', (message, reason) => {
    expect(decode(message)).toMatchObject({ positions: [], refusals: [{ reason, item: 0 }] });
  });

  it.each([
    'card',
    'waypoint',
    'waypoints',
    'cmd',
    'steps',
    'beacon',
    'dump',
    'configuration',
    'status',
    'encrypted',
    'request',
  ])('names the type in the refusal of a message of type %s', (type) => {
    expect(decode({ _type: type, tst: 1 }).refusals).toEqual([
      { reason: 'not_a_position', detail: `_type is "${type}"`, item: 0 },
    ]);
  });

  it('makes a position or a refusal of any bytes, never an exception', () => {
    const payloads = ownTracksSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 3_000, 1)) checkDecoding(ownTracks, TOPIC, payload);
  });

  it('makes a position or a refusal of any values in its fields', () => {
    const field = fc.constantFrom(
      'tst',
      'lat',
      'lon',
      'vel',
      'cog',
      'alt',
      'acc',
      't',
      'rty',
      'bs',
      'odometer',
      'event',
    );
    const message = fc.dictionary(field, fc.jsonValue(), { maxKeys: 8 });
    fc.assert(
      fc.property(fc.constantFrom('location', 'transition', 'lwt'), message, (type, fields) => {
        const json = JSON.stringify({ tst: 1, ...fields, _type: type });
        checkDecoding(ownTracks, TOPIC, Buffer.from(json));
      }),
      { numRuns: 500 },
    );
  });
});
