import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { nativeJson } from './native-json.ts';
import { nativeSamples } from './samples.ts';
import { nativeMessage } from './schema.ts';

const TOPIC = 'devices/867000000000001/positions';
const NOW = Date.UTC(2026, 10, 20, 10, 0, 5);
const decode = (message: unknown) =>
  nativeJson.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topic: TOPIC,
    receivedAtMs: NOW,
  });
const fix = { time: '2026-11-20T10:00:00.000Z', lat: 0.3476, lon: 32.5825 };

describe('the native JSON format', () => {
  it.each(nativeSamples)('reads the sample: $name', ({ topic, payload, expected, refused }) => {
    expect(nativeJson.reads(topic)).toBe(true);
    const { positions, refusals } = nativeJson.decode(payload, { topic, receivedAtMs: NOW });
    expect(refusals.map(({ reason }) => reason)).toEqual(refused ? [refused] : []);
    const complete = expected ? [{ ...expected, receivedAtMs: NOW, remarks: 0 }] : [];
    expect(positions).toMatchObject(complete);
    expect(positions).toHaveLength(complete.length);
  });

  it.each([
    ['2026-11-20T13:00:00+03:00', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T10:00:00.123456Z', Date.UTC(2026, 10, 20, 10, 0, 0, 123)],
    ['2026-11-20T10:00Z', Date.UTC(2026, 10, 20, 10)],
    ['1970-01-01T00:00:00Z', 0],
    ['2099-01-01T00:00:00Z', Date.UTC(2099, 0, 1)],
    [0, 0],
    [-1, -1],
    [Math.floor(NOW / 1_000), Math.floor(NOW / 1_000)],
    [8.64e15, 8.64e15],
    [-8.64e15, -8.64e15],
  ])('reads the time %s, whether it can be or not', (time, expected) => {
    const { positions, refusals } = decode({ ...fix, time });
    expect(refusals).toEqual([]);
    expect(positions).toMatchObject([{ fixTimeMs: expected, doubts: 0, remarks: 0 }]);
  });

  it.each([
    ['2026-11-20T10:00:00', 'a time without an offset, which would be a guess'],
    ['20 Nov 2026 10:00 UTC', 'another notation'],
    ['2026-11-31T10:00:00Z', 'a day that is not'],
    ['2026-02-29T10:00:00Z', 'a leap day of another year'],
    ['2026-11-20T25:00:00Z', 'an hour that is not'],
    [1_795_168_800.5, 'a fraction'],
    [8.64e15 + 2, 'more than a Date can hold'],
    [-9e15, 'less than a Date can hold'],
    [true, 'a boolean'],
    ['', 'nothing'],
  ])('refuses the time %s: %s', (time, _why) => {
    expect(decode({ ...fix, time })).toMatchObject({
      positions: [],
      refusals: [{ reason: 'invalid_field', item: 0 }],
    });
  });

  it.each([
    [91, -180.1],
    [-1e300, 1e300],
    [0, 0],
    [-0.5, 720],
  ])('takes any finite coordinates, here %d and %d, and judges none', (lat, lon) => {
    expect(decode({ ...fix, lat, lon }).positions).toMatchObject([{ lat, lon, doubts: 0 }]);
  });

  it('reads lat and lon that are both null as no fix, and keeps the rest', () => {
    const { positions, refusals } = decode({ ...fix, lat: null, lon: null, alarm: 'sos', ignition: true });
    expect(refusals).toEqual([]);
    expect(positions).toMatchObject([
      { lat: null, lon: null, doubts: Doubt.noFix, alarm: 'sos', ignition: true },
    ]);
  });

  it.each([
    ['not json', 'malformed'],
    ['{"time":', 'malformed'],
    ['', 'malformed'],
    ['null', 'malformed'],
    ['42', 'malformed'],
    ['[]', 'malformed'],
    [[[fix]], 'malformed'],
    [{ lat: 1, lon: 1 }, 'missing_field'],
    [{ ...fix, time: null }, 'missing_field'],
    [{ time: NOW }, 'missing_field'],
    [{ time: NOW, lat: 1 }, 'missing_field'],
    [{ time: NOW, lat: null }, 'missing_field'],
    [{ ...fix, lat: null }, 'missing_field'],
    [{ ...fix, lon: null }, 'missing_field'],
    [{ ...fix, lat: '0.3' }, 'invalid_field'],
    ['{"time":1795168800000,"lat":1e400,"lon":1}', 'invalid_field'],
    [{ ...fix, speedKmh: -1 }, 'invalid_field'],
    [{ ...fix, speedKmh: '41' }, 'invalid_field'],
    [{ ...fix, headingDeg: 360.5 }, 'invalid_field'],
    [{ ...fix, satellites: 7.5 }, 'invalid_field'],
    [{ ...fix, satellites: 256 }, 'invalid_field'],
    [{ ...fix, ignition: 1 }, 'invalid_field'],
    [{ ...fix, alarm: '' }, 'invalid_field'],
    [{ ...fix, alarm: 'x'.repeat(65) }, 'invalid_field'],
    [{ ...fix, attributes: [1] }, 'invalid_field'],
    [{ ...fix, attributes: { x: 'x'.repeat(9_000) } }, 'invalid_field'],
    [{ ...fix, attributes: { x: '€'.repeat(3_000) } }, 'invalid_field'],
    [`{"time":0,"lat":1,"lon":1,"attributes":{"a":${'['.repeat(500)}${']'.repeat(500)}}}`, 'invalid_field'],
    [
      `{"time":0,"lat":1,"lon":1,"attributes":{"a":${'['.repeat(500)}"\\u0000"${']'.repeat(500)}}}`,
      'invalid_field',
    ],
    [Array.from({ length: 1_001 }, () => fix), 'too_many_positions'],
  ])('refuses %j as %s', (message, reason) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals.map((refusal) => refusal.reason)).toEqual([reason]);
    expect(refusals[0]!.detail).not.toBe('');
  });

  it('keeps the good items of a list and gives the bytes of each bad one', () => {
    const { positions, refusals } = decode([fix, { ...fix, speedKmh: -1 }, { ...fix, time: NOW }]);
    expect(positions.map(({ fixTimeMs }) => fixTimeMs)).toEqual([Date.parse(fix.time), NOW]);
    expect(refusals).toMatchObject([
      { reason: 'invalid_field', item: 1, detail: 'speedKmh is -1, not between 0 and 1000' },
    ]);
    const [again] = nativeJson.decode(refusals[0]!.payload!, { topic: TOPIC, receivedAtMs: NOW }).refusals;
    expect(again).toMatchObject({ reason: 'invalid_field', item: 0, detail: refusals[0]!.detail });
  });

  it('replaces what PostgreSQL cannot hold instead of losing the position', () => {
    const { positions } = decode(
      '{"time":"2026-11-20T10:00:00Z","lat":1,"lon":1,"alarm":"a\\u0000b","attributes":{"k\\u0000":"\\ud800","ok":"\\\\u0000"}}',
    );
    expect(positions[0]!.alarm).toBe('a\ufffdb');
    expect(positions[0]!.attributes).toEqual({ 'k\ufffd': '\ufffd', ok: '\\u0000' });
  });

  it('counts bytes that are no UTF-8 as the characters that stand in for them', () => {
    const payload = Buffer.concat([
      Buffer.from('{"time":0,"lat":1,"lon":1,"attributes":{"a":"'),
      Buffer.alloc(5_000, 0xff),
      Buffer.from('"}}'),
    ]);
    checkDecoding(nativeJson, TOPIC, payload);
    const { refusals } = nativeJson.decode(payload, { topic: TOPIC, receivedAtMs: NOW });
    expect(refusals).toMatchObject([{ reason: 'invalid_field', item: 0 }]);
  });

  it('keeps fields that it does not know under attributes, without touching those that are there', () => {
    const { positions } = decode({ ...fix, driver: 'A', door: 1, attributes: { door: 2 } });
    expect(positions[0]!.attributes).toEqual({ driver: 'A', door: 2 });
    expect(decode({ ...fix, driver: 'A', attributes: [1] }).refusals).toMatchObject([
      { reason: 'invalid_field' },
    ]);
  });

  it('has null for attributes that are absent, null or empty', () => {
    for (const attributes of [undefined, null, {}]) {
      expect(decode({ ...fix, attributes }).positions[0]!.attributes).toBe(null);
    }
  });

  it.each([
    [TOPIC, '867000000000001'],
    ['devices/a.b_c:d-1/positions', 'a.b_c:d-1'],
  ])('reads %s, whose ident is %s', (topic, ident) => {
    expect(nativeJson.reads(topic)).toBe(true);
    expect(nativeJson.identOf(topic)).toBe(ident);
  });

  it.each([
    'devices/867/commands/1/result',
    'devices/positions',
    'devices//positions',
    'devices/867/x/positions',
    'devices/867/positions/x',
    '/devices/867/positions',
    '867/data',
  ])('leaves %s to others', (topic) => {
    expect(nativeJson.reads(topic)).toBe(false);
  });

  it('agrees with the documented schema about what is a position', () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant({ a: 1 }),
    );
    const fields = [
      'speedKmh',
      'headingDeg',
      'altitudeM',
      'accuracyM',
      'satellites',
      'ignition',
      'odometerM',
      'batteryV',
      'alarm',
      'attributes',
    ];
    const degrees = fc.double({ noNaN: true, noDefaultInfinity: true });
    const place = fc.oneof(
      fc.record({ lat: degrees, lon: degrees }),
      fc.constant({ lat: null, lon: null }),
      fc.record({ lat: value }),
    );
    const message = fc
      .tuple(fc.dictionary(fc.constantFrom(...fields), value), place)
      .map(([extra, where]) => ({ ...extra, time: NOW, ...where }));
    fc.assert(
      fc.property(message, (candidate) => {
        const text = JSON.stringify(candidate);
        expect(decode(text).positions.length === 1).toBe(nativeMessage.safeParse(JSON.parse(text)).success);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes positions or reasons of broken, mutated and random bytes, in time and without an exception', () => {
    const payloads = nativeSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 10_000, 1)) checkDecoding(nativeJson, TOPIC, payload);
  });
});
