import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { MAX_ATTRIBUTES_BYTES } from '../attributes.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { teltonikaJsonSamples } from './samples.ts';
import { teltonikaJson } from './teltonika-json.ts';

const TOPIC = '356307042441013/data';
const NOW = Date.UTC(2026, 10, 20, 10);
const decode = (message: unknown) =>
  teltonikaJson.decode(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), {
    topic: TOPIC,
    receivedAtMs: NOW,
  });
const fix = { ts: NOW - 5_000, latlng: '0.3476,32.5825', sat: 9 };
const positionOf = (more: object) => {
  const { positions, refusals } = decode({ state: { reported: { ...fix, ...more } } });
  expect(refusals).toEqual([]);
  return positions[0];
};

describe('Teltonika Codec JSON', () => {
  it.each(teltonikaJsonSamples.map((sample) => [sample.name, sample] as const))(
    'reads the sample: %s',
    (_name, { topic, payload, expected }) => {
      const { positions, refusals } = teltonikaJson.decode(payload, { topic, receivedAtMs: NOW });
      expect(refusals).toEqual([]);
      expect(positions).toMatchObject([expected ?? {}]);
      expect(positions[0]?.attributes).toEqual(expected?.attributes);
    },
  );

  it.each([
    [TOPIC, '356307042441013'],
    ['teltonika/356307042441013/data', '356307042441013'],
    ['realm/client/teltonika/356307042441013/data', '356307042441013'],
    ['ruptela/356307042441013/data', null],
    ['356307042441013/codec', null],
    ['data', null],
    ['/data', null],
    ['a//data', null],
  ])('reads of %s the ident %s', (topic, ident) => {
    expect(teltonikaJson.reads(topic)).toBe(ident !== null);
    expect(ident === null ? null : teltonikaJson.identOf(topic)).toBe(ident);
  });

  it.each([
    ['with its whole envelope', { state: { reported: fix } }],
    ['with half of it', { reported: fix }],
    ['without', fix],
    ['in a list', [{ state: { reported: fix } }]],
  ])('reads a record %s', (_how, message) => {
    expect(decode(message)).toMatchObject({
      positions: [{ lat: 0.3476, lon: 32.5825, doubts: 0 }],
      refusals: [],
    });
  });

  it.each([
    ['-0.3476, -32.5825', -0.3476, -32.5825],
    ['91.5,200', 91.5, 200],
    ['0,32.5825', 0, 32.5825],
  ])('reads the coordinates %j', (latlng, lat, lon) => {
    expect(positionOf({ latlng })).toMatchObject({ lat, lon, doubts: 0, attributes: null });
  });

  it.each([
    ['0.000000,0.000000', null],
    ['0,0', null],
    ['-0.0, 0.0', null],
    [null, null],
    [undefined, null],
    ['0.3476', { latlng: '0.3476' }],
    ['here,there', { latlng: 'here,there' }],
    [[0.3476, 32.5825], { latlng: '[0.3476,32.5825]' }],
  ])('finds no fix in %j', (latlng, attributes) => {
    expect(positionOf({ latlng })).toMatchObject({ lat: null, lon: null, doubts: Doubt.noFix, attributes });
  });

  it('doubts coordinates without satellites, or that the tracker says are old', () => {
    expect(positionOf({ sat: 0 })).toMatchObject({ lat: 0.3476, doubts: Doubt.noFix });
    expect(positionOf({ '69': 2 })).toMatchObject({ lat: 0.3476, doubts: Doubt.noFix });
    expect(positionOf({ sat: undefined })).toMatchObject({ satellites: null, doubts: 0 });
  });

  it('reads numbers that are texts, and keeps what no column can hold', () => {
    expect(positionOf({ alt: '1190', ang: '90.5', sp: '41', '66': '12600', '239': '1' })).toMatchObject({
      altitudeM: 1190,
      headingDeg: 90.5,
      speedKmh: 41,
      batteryV: 12.6,
      ignition: true,
      attributes: null,
    });
    expect(positionOf({ alt: 'high', ang: 361, sp: -1, sat: 9.5, pr: 'x', evt: {}, RSP: 1 })).toMatchObject({
      altitudeM: null,
      headingDeg: null,
      speedKmh: null,
      satellites: null,
      attributes: { alt: 'high', ang: 361, sp: -1, sat: 9.5, pr: 'x', evt: '{}', RSP: 1 },
    });
  });

  it('keeps unknown ids as io, other keys as they are, and no prototype', () => {
    const reported = `{"ts":${NOW},"__proto__":{"x":1},"constructor":1,"20015":7,"70000":1,"007":2,"78":"0x0AB3C901",
      "101":"18446744073709551615","256":"12345678901234567","21":true,"33":null,"iccid":"8937","deep":{"a":[1]}}`;
    const { positions } = decode(`{"state":{"reported":${reported}}}`);
    const attributes = positions[0]?.attributes;
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    expect(attributes).toEqual({
      ['constructor']: 1,
      io20015: 7,
      '70000': 1,
      '007': 2,
      iButton: '000000000AB3C901',
      io101: '18446744073709551615',
      vin: '12345678901234567',
      io21: true,
      iccid: '8937',
      deep: { a: [1] },
    });
  });

  it('raises an alarm with its event only', () => {
    expect(positionOf({ evt: 252, '252': 1 })).toMatchObject({ alarm: 'powerCut' });
    expect(positionOf({ evt: '252', '252': '1' })).toMatchObject({ alarm: 'powerCut' });
    expect(positionOf({ evt: 0, '252': 1 })).toMatchObject({ alarm: null, attributes: { unplugged: true } });
    expect(positionOf({ evt: 252, '252': 0 })).toMatchObject({ alarm: null });
    expect(positionOf({ evt: 1, pr: 2, '1': 1 })).toMatchObject({ alarm: 'sos' });
  });

  it('raises every state of a record that does not name its event', () => {
    expect(positionOf({ '252': 1, '246': 1, '249': 0, '175': 0 })).toMatchObject({ alarm: 'powerCut,tow' });
  });

  it('keeps an answer beside a record', () => {
    expect(positionOf({ RSP: 'ok' })).toMatchObject({
      fixTimeMs: fix.ts,
      attributes: { commandAnswer: 'ok' },
    });
  });

  it.each([
    ['not JSON', 'malformed', /not JSON/],
    ['null', 'malformed', /not an object/],
    ['[]', 'malformed', /empty list/],
    ['{}', 'missing_field', /ts is missing/],
    [{ state: { reported: { latlng: '1,2' } } }, 'missing_field', /ts is missing/],
    [{ state: { reported: null } }, 'malformed', /not an object/],
    [{ ...fix, ts: 'yesterday' }, 'invalid_field', /ts is "yesterday"/],
    [{ ...fix, ts: 9e15 }, 'invalid_field', /ts is 9000000000000000/],
    [{ ...fix, ts: null }, 'invalid_field', /ts is null/],
    [{ ...fix, note: 'x'.repeat(MAX_ATTRIBUTES_BYTES) }, 'invalid_field', /8192 bytes/],
    [Array.from({ length: 1_001 }, () => ({ ts: 1 })), 'too_many_positions', /1001/],
  ])('refuses %j', (message, reason, detail) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals).toEqual([{ reason, detail: expect.stringMatching(detail), item: 0 }]);
  });

  it('refuses single records of a list, readable by themselves', () => {
    const { positions, refusals } = decode([fix, { reported: {} }, 7]);
    expect(positions).toHaveLength(1);
    expect(refusals).toMatchObject([
      { reason: 'missing_field', item: 1 },
      { reason: 'malformed', item: 2 },
    ]);
    expect(decode(refusals[0]?.payload?.toString() ?? '').refusals).toMatchObject([
      { reason: 'missing_field' },
    ]);
  });

  it('keeps the attributes of short records within their bound', () => {
    const ids = Array.from({ length: 600 }, (_, id) => `"${id}":${id % 3}`);
    for (let length = 1; length <= ids.length; length++) {
      const message = `{"ts":1,"evt":0,${ids.slice(-length).join()}}`;
      if (message.length > MAX_ATTRIBUTES_BYTES / 8) break;
      checkDecoding(teltonikaJson, TOPIC, Buffer.from(message));
      checkDecoding(teltonikaJson, TOPIC, Buffer.from(`{"ts":1,"evt":0,${ids.slice(0, length).join()}}`));
    }
  });

  it('makes of any bytes a position or a reason, in time', () => {
    const samples = teltonikaJsonSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(samples, 5_000, 11)) checkDecoding(teltonikaJson, TOPIC, payload);
  }, 60_000);
});
