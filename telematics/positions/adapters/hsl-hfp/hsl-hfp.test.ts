import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { hslHfp } from './hsl-hfp.ts';
import { hslHfpSamples } from './samples.ts';

const TOPIC = '/hfp/v2/journey/ongoing/vp/bus/0022/00792/1081/2/Kalasatama/20:25/1130106/2/60;25/10/93/44';
const NOW = Date.UTC(2026, 10, 20, 10);
const decode = (message: unknown, topic = TOPIC) =>
  hslHfp.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topic,
    receivedAtMs: NOW,
  });
const fix = { tst: '2026-11-20T09:59:58.120Z', lat: 60.19, long: 25.03 };
const positionOf = (more: object, topic?: string) => decode({ VP: { ...fix, ...more } }, topic).positions[0];

describe('the HSL HFP format', () => {
  it.each(hslHfpSamples.map((sample) => [sample.name, sample] as const))(
    'reads the sample: %s',
    (_name, { topic, payload, expected }) => {
      const { positions, refusals } = hslHfp.decode(payload, { topic, receivedAtMs: NOW });
      expect(refusals).toEqual([]);
      expect(positions).toMatchObject([expected]);
      expect(positions[0]?.attributes).toEqual(expected?.attributes);
    },
  );

  it.each([
    [TOPIC, '0022-00792'],
    [TOPIC.slice(1), '0022-00792'],
    ['/hfp/v2/deadrun/upcoming/da/bus/0012/01312', '0012-01312'],
    ['/hfp/v2/signoff/ongoing/vjout/bus/0012/01312/#', '0012-01312'],
    ['/hfp/v2/journey/ongoing/vp//0022/00792', '0022-00792'],
    ['/hfp/v1/journey/ongoing/vp/bus/0022/00792', null],
    ['/hfp/v2/holiday/ongoing/vp/bus/0022/00792', null],
    ['/hfp/v2/journey/past/vp/bus/0022/00792', null],
    ['/hfp/v2/journey/ongoing/vp/bus/22/792', null],
    ['/hfp/v2/journey/ongoing/vp/bus/0022', null],
    ['//hfp/v2/journey/ongoing/vp/bus/0022/00792', null],
    ['/gtfs/v2/journey/ongoing/vp/bus/0022/00792', null],
  ])('reads of %s the ident %s', (topic, ident) => {
    expect(hslHfp.identOf(topic)).toBe(ident);
    expect(hslHfp.reads(topic)).toBe(ident !== null);
  });

  it('converts metres per second, and leaves no digits of the conversion behind', () => {
    expect(positionOf({ spd: 21.71 })?.speedKmh).toBe(78.156);
    expect(positionOf({ spd: 0.16 })?.speedKmh).toBe(0.576);
  });

  it('never takes the acceleration for an accuracy, nor the metres of a trip for an odometer', () => {
    expect(positionOf({ acc: 4, odo: 2819 })).toMatchObject({
      accuracyM: null,
      odometerM: null,
      attributes: { accelerationMps2: 4, odo: 2819 },
    });
  });

  it.each([
    ['GPS', 0],
    [null, 0],
    ['ODO', Doubt.noFix],
    ['MAN', Doubt.noFix],
    ['DR', Doubt.noFix],
    ['N/A', Doubt.noFix],
  ])('keeps the coordinates of the source %s with the doubts %s', (loc, doubts) => {
    expect(positionOf({ loc })).toMatchObject({ lat: 60.19, lon: 25.03, doubts });
  });

  it('has no fix without both coordinates', () => {
    expect(positionOf({ lat: null, long: null, loc: 'GPS' })).toMatchObject({
      lat: null,
      doubts: Doubt.noFix,
    });
    expect(positionOf({ lat: null })).toMatchObject({
      lat: null,
      lon: null,
      attributes: { long: 25.03 },
      doubts: Doubt.noFix,
    });
  });

  it('takes whole seconds only where the time proper is missing', () => {
    expect(positionOf({ tsi: 1416308975 })).toMatchObject({
      fixTimeMs: Date.UTC(2026, 10, 20, 9, 59, 58, 120),
      attributes: { tsi: 1416308975 },
    });
    expect(positionOf({ tsi: 1795168798 })?.attributes).not.toHaveProperty('tsi');
    expect(positionOf({ tst: null, tsi: 1795168798 })?.fixTimeMs).toBe(1_795_168_798_000);
  });

  it('keeps under its own key what no column can hold', () => {
    expect(positionOf({ spd: -10, hdg: 400, acc: 1_000, drst: -100 })).toMatchObject({
      speedKmh: null,
      headingDeg: null,
      attributes: { spd: -10, hdg: 400, acc: 1_000, drst: -100 },
    });
  });

  it.each(['1130106', 1130106])('keeps the stop %o as it is', (stop) => {
    expect(positionOf({ stop })?.attributes).toMatchObject({ stop });
  });

  it('keeps the vehicle number of the payload only where it is not that of the topic', () => {
    expect(positionOf({ veh: 792 })?.attributes).not.toHaveProperty('veh');
    expect(positionOf({ veh: 793 })?.attributes).toMatchObject({ veh: 793 });
  });

  it('reads a topic whose geohash is missing, and no headsign of one that a slash has shifted', () => {
    const start = '/hfp/v2/journey/ongoing/vp/bus/0022/00792/1081/2';
    expect(positionOf({}, `${start}/Töölö (T)/20:25/EOL/0////`)?.attributes).toEqual({
      event: 'vp',
      journeyType: 'journey',
      temporalType: 'ongoing',
      mode: 'bus',
      headsign: 'Töölö (T)',
      nextStop: 'EOL',
    });
    expect(positionOf({}, `${start}/Kamppi/Kampen/20:25/EOL/0////`)?.attributes).not.toHaveProperty(
      'headsign',
    );
  });

  it('leaves a key that is called __proto__ alone', () => {
    const { positions } = decode('{"VP":{"tst":"2026-11-20T09:59:58Z","__proto__":{"polluted":true}}}');
    expect(positions).toHaveLength(1);
    expect(positions[0]?.attributes).not.toHaveProperty('polluted');
  });

  it.each([
    ['', 'malformed'],
    ['[]', 'malformed'],
    ['{}', 'malformed'],
    [{ VP: null }, 'malformed'],
    [{ VP: [] }, 'malformed'],
    [{ VP: fix, DOO: fix }, 'malformed'],
    [fix, 'malformed'],
    [{ VP: { lat: 1, long: 1 } }, 'missing_field'],
    [{ VP: { ...fix, tst: 5 } }, 'invalid_field'],
    [{ VP: { ...fix, tst: '2026-11-20 09:59:58' } }, 'invalid_field'],
    [{ VP: { tsi: 'now' } }, 'invalid_field'],
    [{ VP: { ...fix, label: 'x'.repeat(9_000) } }, 'invalid_field'],
  ])('refuses %o: %s', (message, reason) => {
    expect(decode(message)).toMatchObject({ positions: [], refusals: [{ reason, item: 0 }] });
  });

  it('makes a position or a refusal of any bytes, never an exception', () => {
    const payloads = hslHfpSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 3_000, 2)) checkDecoding(hslHfp, TOPIC, payload);
  });

  it('reads or passes over any topic, and makes something of a message on it', () => {
    const level = fc.oneof(
      fc.constantFrom('', 'hfp', 'v2', 'journey', 'ongoing', '0022', '00792'),
      fc.string(),
    );
    const payload = Buffer.from(JSON.stringify({ VP: fix }));
    fc.assert(
      fc.property(fc.array(level, { maxLength: 16 }), (levels) => {
        const topic = levels.join('/');
        expect(hslHfp.reads(topic)).toBe(hslHfp.identOf(topic) !== null);
        checkDecoding(hslHfp, topic, payload);
        checkDecoding(hslHfp, `/hfp/v2/journey/ongoing/vp/bus/0022/00792/${topic}`, payload);
      }),
      { numRuns: 300 },
    );
  });
});
