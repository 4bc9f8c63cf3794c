import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeJson } from './native-json.ts';
import { nativeMessage } from './schema.ts';

const NOW = Date.UTC(2026, 10, 20, 10, 0, 5);
const decode = (message: unknown) =>
  nativeJson.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), NOW);
const fix = { time: '2026-11-20T10:00:00.000Z', lat: 0.3476, lon: 32.5825 };

describe('the native JSON format', () => {
  it('reads a full position', () => {
    const { positions, refusals } = decode({
      ...fix,
      speedKmh: 41.5,
      headingDeg: 90,
      altitudeM: 1190,
      accuracyM: 6,
      satellites: 9,
      ignition: true,
      odometerM: 120_345,
      batteryV: 12.6,
      alarm: 'powerCut',
      attributes: { driver: 'A', io: [1, 2] },
    });
    expect(refusals).toEqual([]);
    expect(positions).toEqual([
      {
        fixTimeMs: Date.UTC(2026, 10, 20, 10),
        receivedAtMs: NOW,
        lat: 0.3476,
        lon: 32.5825,
        speedKmh: 41.5,
        headingDeg: 90,
        altitudeM: 1190,
        accuracyM: 6,
        satellites: 9,
        ignition: true,
        odometerM: 120_345,
        batteryV: 12.6,
        alarm: 'powerCut',
        attributes: { driver: 'A', io: [1, 2] },
      },
    ]);
  });

  it('needs only time, lat and lon, and takes null for absent', () => {
    const { positions } = decode({ time: NOW, lat: -90, lon: 180, speedKmh: null });
    expect(positions).toMatchObject([
      { fixTimeMs: NOW, lat: -90, lon: 180, speedKmh: null, attributes: null },
    ]);
  });

  it.each([
    ['2026-11-20T13:00:00+03:00', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T10:00:00.123456Z', Date.UTC(2026, 10, 20, 10, 0, 0, 123)],
    ['2026-11-20T10:00Z', Date.UTC(2026, 10, 20, 10)],
  ])('reads %s', (time, expected) => {
    expect(decode({ ...fix, time }).positions[0]?.fixTimeMs).toBe(expected);
  });

  it.each([
    ['2026-11-20T10:00:00', 'a time without an offset, which would be a guess'],
    ['20 Nov 2026 10:00 UTC', 'another notation'],
    ['2026-11-31T10:00:00Z', 'a day that is not'],
    ['2026-02-29T10:00:00Z', 'a leap day of another year'],
    ['2026-11-20T25:00:00Z', 'an hour that is not'],
    [1_795_168_800.5, 'a fraction'],
    [true, 'a boolean'],
  ])('refuses the time %s: %s', (time, _why) => {
    expect(decode({ ...fix, time }).refusals).toMatchObject([{ reason: 'invalid_field', item: 0 }]);
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
    [{ time: NOW, lat: 1 }, 'missing_field'],
    [{ ...fix, lat: null }, 'missing_field'],
    [{ ...fix, lat: 91 }, 'invalid_field'],
    [{ ...fix, lon: -180.1 }, 'invalid_field'],
    [{ ...fix, lat: '0.3' }, 'invalid_field'],
    ['{"time":1795168800000,"lat":1e400,"lon":1}', 'invalid_field'],
    [{ ...fix, speedKmh: -1 }, 'invalid_field'],
    [{ ...fix, satellites: 7.5 }, 'invalid_field'],
    [{ ...fix, ignition: 1 }, 'invalid_field'],
    [{ ...fix, alarm: '' }, 'invalid_field'],
    [{ ...fix, alarm: 'x'.repeat(65) }, 'invalid_field'],
    [{ ...fix, attributes: [1] }, 'invalid_field'],
    [{ ...fix, attributes: { x: 'x'.repeat(9_000) } }, 'invalid_field'],
    [{ ...fix, time: 0 }, 'time_out_of_range'],
    [{ ...fix, time: '1970-01-01T00:00:00Z' }, 'time_out_of_range'],
    [{ ...fix, time: '2099-01-01T00:00:00Z' }, 'time_out_of_range'],
    [{ ...fix, time: Math.floor(NOW / 1000) }, 'time_out_of_range'],
    [{ ...fix, time: 9e15 }, 'time_out_of_range'],
    [Array.from({ length: 1_001 }, () => fix), 'too_many_positions'],
  ])('refuses %j as %s', (message, reason) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals.map((refusal) => refusal.reason)).toEqual([reason]);
    expect(refusals[0]!.detail).not.toBe('');
  });

  it('keeps the good items of a list and gives the bytes of each bad one', () => {
    const { positions, refusals } = decode([fix, { ...fix, lat: 91 }, { ...fix, time: NOW }]);
    expect(positions.map(({ fixTimeMs }) => fixTimeMs)).toEqual([Date.parse(fix.time), NOW]);
    expect(refusals).toMatchObject([
      { reason: 'invalid_field', item: 1, detail: 'lat is 91, not between -90 and 90' },
    ]);
    expect(JSON.parse(refusals[0]!.payload!.toString())).toEqual({ ...fix, lat: 91 });
  });

  it('replaces what PostgreSQL cannot hold instead of losing the position', () => {
    const { positions } = decode(
      '{"time":"2026-11-20T10:00:00Z","lat":1,"lon":1,"alarm":"a\\u0000b","attributes":{"k\\u0000":"\\ud800","ok":"\\\\u0000"}}',
    );
    expect(positions[0]!.alarm).toBe('a\ufffdb');
    expect(positions[0]!.attributes).toEqual({ 'k\ufffd': '\ufffd', ok: '\\u0000' });
  });

  it('reads only its own topic', () => {
    expect(nativeJson.reads('devices/867/positions')).toBe(true);
    expect(nativeJson.reads('devices/867/commands/1/result')).toBe(false);
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
    const message = fc
      .tuple(
        fc.dictionary(fc.constantFrom(...fields), value),
        fc.double({ min: -95, max: 95 }),
        fc.double({ min: -185, max: 185 }),
      )
      .map(([extra, lat, lon]) => ({ ...extra, time: NOW, lat, lon }));
    fc.assert(
      fc.property(message, (candidate) => {
        const text = JSON.stringify(candidate);
        const accepted = nativeJson.decode(Buffer.from(text), NOW).positions.length === 1;
        expect(accepted).toBe(nativeMessage.safeParse(JSON.parse(text)).success);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives positions or reasons for any bytes, and never throws', () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const noise = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(json, noise), (payload) => {
        const { positions, refusals } = nativeJson.decode(payload, NOW);
        expect(positions.length + refusals.length).toBeGreaterThan(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
