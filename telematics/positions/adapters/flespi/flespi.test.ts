import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { flespi } from './flespi.ts';
import { flespiSamples } from './samples.ts';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 20, 10, 0, 5);
const TOPIC = 'flespi/message/gw/devices/182083';
const adapter = flespi('flespi/message/gw/devices/+');

const decodeBytes = (payload: Buffer) =>
  adapter.decode(payload, { topic: TOPIC, receivedAtMs: RECEIVED_AT_MS });
const decode = (message: unknown) => decodeBytes(Buffer.from(JSON.stringify(message)));
const TIMESTAMP_S = 1_795_168_800;
const fix = { timestamp: TIMESTAMP_S, 'position.latitude': 0.3476, 'position.longitude': 32.5825 };
const read = (fields: Record<string, unknown>) => {
  const { positions, refusals } = decode([{ ...fix, ...fields }]);
  expect(refusals).toEqual([]);
  return positions[0]!;
};

describe('messages of flespi', () => {
  it.each(flespiSamples)('$name is read', (sample) => {
    expect(adapter.reads(sample.topic)).toBe(true);
    const { positions, refusals } = decodeBytes(sample.payload);
    expect(refusals).toEqual([]);
    expect(positions).toMatchObject([sample.expected!]);
    expect(positions[0]!.attributes).toEqual(sample.expected!.attributes);
  });

  it('come on the topic or filter that is configured, whose they are standing in the payload', () => {
    expect(adapter.reads('flespi/message/gw/devices/1/2')).toBe(false);
    expect(adapter.reads('flespi/state/gw/devices/1')).toBe(false);
    expect(flespi('hub/flespi').reads('hub/flespi')).toBe(true);
    expect(adapter.identOf(TOPIC)).toBeNull();
  });

  it.each([
    [TIMESTAMP_S, TIMESTAMP_S * 1_000],
    [1_795_168_800.123_456, TIMESTAMP_S * 1_000 + 123],
    ['2026-11-20T10:00:00', TIMESTAMP_S * 1_000],
    ['2026-11-20T10:00:00Z', TIMESTAMP_S * 1_000],
    ['2026-11-20T13:00:00+03:00', TIMESTAMP_S * 1_000],
  ])('have the time %s', (timestamp, expected) => {
    expect(read({ timestamp }).fixTimeMs).toBe(expected);
  });

  it.each([
    [{ 'position.timestamp': TIMESTAMP_S - 60 }, TIMESTAMP_S - 60],
    [{ 'position.timestamp': TIMESTAMP_S + 1.5 }, TIMESTAMP_S + 1.5],
    [{ 'position.fix.age': 7 }, TIMESTAMP_S - 7],
    [{ 'position.timestamp': TIMESTAMP_S - 2, 'position.fix.age': 300 }, TIMESTAMP_S - 2],
  ])('take the time of the fix while the record is of the same minute: %j', (fields, expectedS) => {
    const position = read(fields);
    expect(position).toMatchObject({ fixTimeMs: expectedS * 1_000, doubts: 0 });
    expect(position.attributes).toMatchObject({ timestamp: TIMESTAMP_S });
  });

  it.each([{ 'position.timestamp': TIMESTAMP_S - 61 }, { 'position.fix.age': 61 }])(
    'take the time of the record when the fix is an older one told again: %j',
    (fields) => {
      expect(read(fields)).toMatchObject({
        fixTimeMs: TIMESTAMP_S * 1_000,
        lat: 0.3476,
        doubts: Doubt.noFix,
        attributes: fields,
      });
    },
  );

  it('keep a time of the fix that is none', () => {
    expect(read({ 'position.timestamp': 'x' })).toMatchObject({
      fixTimeMs: TIMESTAMP_S * 1_000,
      doubts: 0,
      attributes: { 'position.timestamp': 'x' },
    });
  });

  it('are positions without a fix when they have no coordinates', () => {
    expect(decode({ timestamp: TIMESTAMP_S, 'alarm.event': true }).positions).toMatchObject([
      { lat: null, lon: null, doubts: Doubt.noFix, alarm: 'general', attributes: null },
    ]);
    expect(read({ 'position.longitude': '32' })).toMatchObject({
      lat: null,
      lon: null,
      doubts: Doubt.noFix,
      attributes: { 'position.latitude': 0.3476, 'position.longitude': '32' },
    });
    expect(read({ 'position.valid': false })).toMatchObject({ lat: 0.3476, doubts: Doubt.noFix });
  });

  it('name what has a name here', () => {
    const position = read({
      'message.buffered.status': true,
      'battery.level': 88,
      'battery.charging.status': true,
      'can.fuel.level': 40,
      'can.fuel.volume': 21.5,
      'can.engine.rpm': 2_100,
      'can.engine.coolant.temperature': 90,
      'can.engine.ignition.status': true,
      'position.pdop': 1.8,
      'report.reason': 11,
    });
    expect(position.ignition).toBe(true);
    expect(position.attributes).toEqual({
      buffered: true,
      batteryPercent: 88,
      charging: true,
      fuelPercent: 40,
      fuelL: 21.5,
      engineRpm: 2_100,
      coolantC: 90,
      pdop: 1.8,
      event: 11,
    });
  });

  it('have the mileage of the vehicle before that of the tracker, in kilometres', () => {
    const position = read({ 'vehicle.mileage': 160, 'can.vehicle.mileage': 74_075.25 });
    expect(position).toMatchObject({ odometerM: 74_075_250, attributes: { 'vehicle.mileage': 160 } });
    expect(read({ 'vehicle.mileage': 160.001, 'can.vehicle.mileage': -1 })).toMatchObject({
      odometerM: 160_001,
      attributes: { 'can.vehicle.mileage': -1 },
    });
  });

  it('keep the second of two values for one name, whichever stood first', () => {
    expect(read({ 'fuel.level': 41, 'can.fuel.level': 40 }).attributes).toEqual({
      fuelPercent: 40,
      'fuel.level': 41,
    });
    expect(read({ 'event.enum': 3, 'report.reason': 11 }).attributes).toEqual({ event: 11, 'event.enum': 3 });
  });

  it('keep under their own keys what cannot be what the key says', () => {
    const odd = {
      'position.speed': -1,
      'position.direction': 361,
      'position.satellites': 300,
      'engine.ignition.status': 1,
      'external.powersource.voltage': '12',
      'battery.level': 101,
      'alarm.event': 'yes',
    };
    expect(read(odd)).toMatchObject({
      speedKmh: null,
      headingDeg: null,
      satellites: null,
      ignition: null,
      alarm: null,
    });
    expect(read(odd).attributes).toEqual(odd);
  });

  it.each([
    ['power.cut.alarm', 'powerCut'],
    ['gsm.jamming.event', 'jamming'],
    ['gnss.antenna.cut.status', 'antennaCut'],
    ['towing.event', 'tow'],
    ['crash.event', 'crash'],
    ['sos.alarm', 'sos'],
    ['overspeeding.event', 'overspeed'],
    ['harsh.acceleration.event', 'harshAcceleration'],
    ['harsh.braking.event.trigger', 'harshBraking'],
    ['harsh.cornering.event', 'harshCornering'],
    ['battery.low.alarm', 'lowBattery'],
    ['cover.open.alarm', 'tamper'],
    ['vibration.alarm', 'vibration'],
    ['geofence.event.enter', 'geofenceEnter'],
    ['geofence.event.exit', 'geofenceExit'],
  ])('raise %s as %s when it is true', (key, alarm) => {
    expect(read({ [key]: true })).toMatchObject({ alarm, attributes: null });
    expect(read({ [key]: false })).toMatchObject({ alarm: null, attributes: null });
  });

  it('raise a power cut while the external source is gone, and keep its state', () => {
    expect(read({ 'external.powersource.status': false, 'crash.event': true })).toMatchObject({
      alarm: 'crash,powerCut',
      attributes: { 'external.powersource.status': false },
    });
    expect(read({ 'external.powersource.status': true })).toMatchObject({
      alarm: null,
      attributes: { 'external.powersource.status': true },
    });
  });

  it('give no prototype to anything, and no number that JSON does not have', () => {
    const { positions } = decodeBytes(
      Buffer.from('{"timestamp":1,"__proto__":{"x":1},"toString":2,"ain":1e999,"position.speed":1e999}'),
    );
    expect(Object.getPrototypeOf(positions[0]!.attributes)).toBe(Object.prototype);
    expect(Object.entries(positions[0]!.attributes!)).toEqual([
      ['position.speed', 'Infinity'],
      ['toString', 2],
      ['ain', 'Infinity'],
    ]);
  });

  it.each([
    [1, 'malformed'],
    [[], 'malformed'],
    [[[]], 'malformed'],
    [{ ident: 'a' }, 'missing_field'],
    [{ timestamp: null }, 'missing_field'],
    [{ timestamp: 'yesterday' }, 'invalid_field'],
    [{ timestamp: 1e13 }, 'invalid_field'],
    [{ timestamp: true }, 'invalid_field'],
  ])('%j is refused as %s', (message, reason) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals).toMatchObject([{ reason, item: 0, detail: expect.stringMatching(/./) }]);
  });

  it('are refused one by one when too long, with the bytes of each', () => {
    const long = { ...fix, x: 'x'.repeat(9_000) };
    expect(decode([fix, long])).toMatchObject({
      positions: [{ lat: 0.3476 }],
      refusals: [{ reason: 'invalid_field', item: 1, payload: Buffer.from(JSON.stringify(long)) }],
    });
  });

  it('are split by ident, each part in its order', () => {
    const message = ['a', 'b', 'a'].map((ident, at) => ({ ...fix, ident, timestamp: TIMESTAMP_S - at }));
    const parts = adapter.split!(Buffer.from(JSON.stringify(message)));
    if (!Array.isArray(parts)) throw new Error(parts.detail);
    expect(parts.map(({ ident }) => ident)).toEqual(['a', 'b']);
    expect(decodeBytes(parts[0]!.payload).positions.map(({ fixTimeMs }) => fixTimeMs)).toEqual([
      TIMESTAMP_S * 1_000,
      (TIMESTAMP_S - 2) * 1_000,
    ]);
  });

  it('are refused whole when one has no ident', () => {
    const split = (message: unknown) => adapter.split!(Buffer.from(JSON.stringify(message)));
    expect(split(fix)).toMatchObject({ reason: 'missing_field', item: 0 });
    expect(split([{ ...fix, ident: 'a' }, 5])).toMatchObject({ reason: 'malformed', item: 1 });
  });

  it('are read or refused whatever the bytes', () => {
    const payloads = flespiSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 5_000, 32)) checkDecoding(adapter, TOPIC, payload);
  }, 60_000);
});
