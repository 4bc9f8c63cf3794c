import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { ruptelaJson } from './ruptela-json.ts';
import { ruptelaSamples } from './samples.ts';

const TOPIC = '356307042441013/ruptela';
const NOW = Date.UTC(2026, 10, 20, 10);
const decode = (message: unknown) =>
  ruptelaJson.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topic: TOPIC,
    receivedAtMs: NOW,
  });
const pos = { lat: 3476000, lon: 325825000 };
const positionOf = (io: object, more: object = {}) =>
  decode({ ts: 1795132800, pos, data: io, ...more }).positions[0];

describe('the Ruptela JSON format', () => {
  it.each(ruptelaSamples.map((sample) => [sample.name, sample] as const))(
    'reads the sample: %s',
    (_name, { topic, payload, expected }) => {
      const { positions, refusals } = ruptelaJson.decode(payload, { topic, receivedAtMs: NOW });
      expect(refusals).toEqual([]);
      expect(positions).toMatchObject([expected]);
      expect(positions[0]?.attributes).toEqual(expected?.attributes);
    },
  );

  it.each([
    [TOPIC, '356307042441013'],
    ['fleet/north/356307042441013/ruptela', '356307042441013'],
    ['ruptela/356307042441013/data', '356307042441013'],
    ['ruptela', null],
    ['/ruptela', null],
    ['ruptela//data', null],
    ['fleet/ruptela/356307042441013/data', null],
    ['356307042441013/data', null],
    ['ruptela/356307042441013/attrs', null],
  ])('reads of %s the ident %s', (topic, ident) => {
    expect(ruptelaJson.identOf(topic)).toBe(ident);
    expect(ruptelaJson.reads(topic)).toBe(ident !== null);
  });

  it('needs only the time', () => {
    expect(decode({ ts: 1795132800 }).positions).toMatchObject([
      { fixTimeMs: 1_795_132_800_000, lat: null, attributes: null, doubts: Doubt.noFix },
    ]);
  });

  it.each([
    [{ lat: 3476000 }],
    [{ lat: 0.3476, lon: 32.5825 }],
    [{ lat: -2147483648, lon: 325825000 }],
    [{ lat: 'north', lon: 'east' }],
  ])('has no fix with the coordinates %o, and keeps them', (broken) => {
    expect(decode({ ts: 1, pos: broken }).positions).toMatchObject([
      { lat: null, lon: null, attributes: { pos: broken }, doubts: Doubt.noFix },
    ]);
  });

  it('keeps under its own key what no column can hold', () => {
    const broken = { ...pos, spd: 65535, dir: 65535, alt: 200_000, sat: 300 };
    expect(decode({ ts: 1, pos: broken, imei: '1', prio: 1 }).positions).toMatchObject([
      {
        speedKmh: null,
        headingDeg: null,
        altitudeM: null,
        satellites: null,
        attributes: { pos: { spd: 65535, dir: 65535, alt: 200_000, sat: 300 }, imei: '1', prio: 1 },
      },
    ]);
    expect(decode({ ts: 1, pos: [1], data: 'none', trigger: {} }).positions[0]?.attributes).toEqual({
      pos: [1],
      data: 'none',
      trigger: {},
    });
  });

  it.each([
    [{ '409': '0', '522': '1', '251': '1' }, false, { io522: '1', io251: '1' }],
    [{ '522': '1', '251': '0' }, true, { io251: '0' }],
    [{ '251': '0' }, false, null],
    [{ '5': '1' }, null, { io5: '1' }],
    [{ '409': '255' }, null, { io409: '255' }],
  ])('takes of %o the ignition %s', (io, ignition, attributes) => {
    expect(positionOf(io)).toMatchObject({ ignition, attributes });
  });

  it.each([
    ['88', '1', 'jamming'],
    ['88', '0', null],
    ['410', '1', 'tow'],
    ['411', '1', 'crash'],
    ['415', '0', 'antennaCut'],
    ['415', '1', null],
    ['415', '2', null],
    ['758', '1', 'tamper'],
    ['985', '1', 'unplug'],
  ])('makes of element %s at %s the alarm %s', (id, value, alarm) => {
    expect(positionOf({ [id]: value })).toMatchObject({ alarm, attributes: null });
  });

  it('reads values that are numbers as they are', () => {
    expect(
      positionOf({
        '27': 21,
        '29': 1234,
        '65': 1199,
        '96': 125,
        '173': 0,
        '205': 40,
        '197': 8000,
        '207': 128,
      }),
    ).toMatchObject({
      batteryV: 1.234,
      odometerM: 1199,
      attributes: {
        gsmSignal: 21,
        coolantC: 85,
        moving: false,
        fuelL: 40,
        engineRpm: 1000,
        fuelPercent: 51.2,
      },
    });
  });

  it('takes the first of two elements for the same thing and keeps the other', () => {
    expect(positionOf({ '94': 4000, '197': 8000, '98': 255, '207': 250 })?.attributes).toEqual({
      engineRpm: 1000,
      fuelPercent: 100,
      io94: 4000,
      io98: 255,
    });
  });

  it('does not guess the base of digits that make sense in both', () => {
    expect(positionOf({ '29': '3200', '65': '1199', '409': '1' })).toMatchObject({
      batteryV: null,
      odometerM: null,
      ignition: true,
      attributes: { io29: '3200', io65: '1199' },
    });
  });

  it('reads all values of a record in the base that one of them settles', () => {
    expect(positionOf({ '29': '3200', '30': '10CC' })).toMatchObject({ batteryV: 12.8 });
    expect(positionOf({ '29': '3200', '30': '4100' })).toMatchObject({ batteryV: 3.2 });
  });

  it('reads none where values contradict each other about the base', () => {
    expect(positionOf({ '29': '37FF', '30': '4100' })).toMatchObject({
      batteryV: null,
      attributes: { io29: '37FF', io30: '4100' },
    });
  });

  it('keeps elements that it does not know, whatever they are', () => {
    expect(positionOf({ '28': '1', '525_1': 'A502A', '34': null, odd: { a: 1 } })?.attributes).toEqual({
      io28: '1',
      io525_1: 'A502A',
      ioodd: { a: 1 },
    });
  });

  it('leaves a key that is called __proto__ alone', () => {
    const { positions } = decode(
      '{"ts":1,"__proto__":{"a":1},"pos":{"__proto__":{"b":1}},"data":{"__proto__":{"c":1}}}',
    );
    expect(positions[0]?.attributes).toEqual({ io__proto__: { c: 1 } });
  });

  it.each([
    ['', 'malformed'],
    ['not JSON', 'malformed'],
    ['[]', 'malformed'],
    [{ pos }, 'missing_field'],
    [{ ts: null, pos }, 'missing_field'],
    [{ ts: '2026-11-20', pos }, 'invalid_field'],
    [{ ts: 1e300, pos }, 'invalid_field'],
    [{ ts: 1, note: 'x'.repeat(9_000) }, 'invalid_field'],
  ])('refuses %o: %s', (message, reason) => {
    expect(decode(message)).toMatchObject({ positions: [], refusals: [{ reason, item: 0 }] });
  });

  it('makes a position or a refusal of any bytes, never an exception', () => {
    const payloads = ruptelaSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 3_000, 3)) checkDecoding(ruptelaJson, TOPIC, payload);
  });

  it('makes a position or a refusal of any values in its elements', () => {
    const id = fc.constantFrom(
      '27',
      '29',
      '30',
      '65',
      '88',
      '94',
      '96',
      '98',
      '173',
      '205',
      '207',
      '251',
      '409',
      '415',
    );
    const text = fc.string({
      unit: fc.constantFrom('0', '1', '3', '9', 'A', 'F', 'x', '.', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.dictionary(id, fc.oneof(text, fc.jsonValue())), (io) => {
        checkDecoding(ruptelaJson, TOPIC, Buffer.from(JSON.stringify({ ts: 1, pos, data: io })));
      }),
      { numRuns: 500 },
    );
  });
});
