import { describe, expect, it } from 'vitest';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { traccarSamples } from './samples.ts';
import { traccarForward } from './traccar-forward.ts';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 20, 10, 0, 5);
const TOPIC = 'traccar/positions';
const adapter = traccarForward(TOPIC);

const decodeBytes = (payload: Buffer) =>
  adapter.decode(payload, { topic: TOPIC, receivedAtMs: RECEIVED_AT_MS });
const decode = (message: unknown) => decodeBytes(Buffer.from(JSON.stringify(message)));
const fix = {
  fixTime: '2026-11-20T10:00:00.000+00:00',
  deviceTime: '2026-11-20T10:00:00.000+00:00',
  valid: true,
  latitude: 0.3476,
  longitude: 32.5825,
};
const device = { uniqueId: '867000000000001' };
const read = (position: Record<string, unknown>) => {
  const { positions, refusals } = decode({ position: { ...fix, ...position }, device });
  expect(refusals).toEqual([]);
  return positions[0]!;
};
const readAttributes = (attributes: Record<string, unknown>) => read({ attributes });

describe('positions forwarded by Traccar', () => {
  it.each(traccarSamples)('$name is read', (sample) => {
    expect(adapter.reads(sample.topic)).toBe(true);
    const { positions, refusals } = decodeBytes(sample.payload);
    expect(refusals).toEqual([]);
    expect(positions).toHaveLength(1);
    expect(positions[0]).toMatchObject(sample.expected!);
    expect(positions[0]!.attributes).toEqual(sample.expected!.attributes);
  });

  it('come on the topic or filter that is configured, whose they are standing in the payload', () => {
    expect(adapter.reads('traccar/positions/1')).toBe(false);
    expect(traccarForward('traccar/+/positions').reads('traccar/kampala/positions')).toBe(true);
    expect(adapter.identOf(TOPIC)).toBeNull();
  });

  it('have their speed in knots', () => {
    expect(read({ speed: 10 }).speedKmh).toBe(18.52);
    const tooFast = read({ speed: 600 });
    expect(tooFast).toMatchObject({ speedKmh: null, attributes: { speed: 600 } });
  });

  it.each([
    ['2026-11-20T10:00:00.000+00:00', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T10:00:00.000+0000', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T13:00:00.000+03:00', Date.UTC(2026, 10, 20, 10)],
    [Date.UTC(2026, 10, 20, 10), Date.UTC(2026, 10, 20, 10)],
  ])('have the time %s', (time, expected) => {
    expect(read({ fixTime: time, deviceTime: time }).fixTimeMs).toBe(expected);
  });

  it('take the time of the fix while the message is of the same minute', () => {
    const position = read({ deviceTime: '2026-11-20T10:01:00.000+00:00' });
    expect(position).toMatchObject({ fixTimeMs: Date.parse(fix.fixTime), doubts: 0 });
    expect(position.attributes).toEqual({ deviceTime: '2026-11-20T10:01:00.000+00:00' });
  });

  it('take the time of the message when the fix is an older one told again', () => {
    const position = read({ deviceTime: '2026-11-20T10:01:00.001+00:00' });
    expect(position).toMatchObject({
      fixTimeMs: Date.UTC(2026, 10, 20, 10, 1, 0, 1),
      lat: 0.3476,
      doubts: Doubt.noFix,
    });
    expect(position.attributes).toEqual({ fixTime: fix.fixTime });
    expect(read({ deviceTime: '2026-11-20T10:00:10Z', outdated: true })).toMatchObject({
      fixTimeMs: Date.UTC(2026, 10, 20, 10, 0, 10),
      lat: 0.3476,
      doubts: Doubt.noFix,
    });
  });

  it('take the time of the fix when an archived record is sent later', () => {
    const position = read({ deviceTime: '2026-11-20T14:00:00Z', attributes: { archive: true } });
    expect(position).toMatchObject({ fixTimeMs: Date.parse(fix.fixTime), doubts: 0 });
    expect(position.attributes).toEqual({ buffered: true, deviceTime: '2026-11-20T14:00:00Z' });
  });

  it('need one of the two times', () => {
    expect(read({ fixTime: null }).fixTimeMs).toBe(Date.parse(fix.deviceTime));
    expect(read({ deviceTime: null }).fixTimeMs).toBe(Date.parse(fix.fixTime));
    expect(read({ fixTime: 'soon' })).toMatchObject({
      fixTimeMs: Date.parse(fix.deviceTime),
      attributes: { fixTime: 'soon' },
    });
  });

  it('keep the coordinates of a fix that is not valid, unless they were never set', () => {
    expect(read({ valid: false })).toMatchObject({ lat: 0.3476, lon: 32.5825, doubts: Doubt.noFix });
    expect(read({ valid: false, latitude: 0, longitude: 0 })).toMatchObject({ lat: null, lon: null });
    expect(read({ latitude: 0, longitude: 0 })).toMatchObject({ lat: 0, lon: 0, doubts: 0 });
    expect(read({ latitude: '0.3' })).toMatchObject({
      lat: null,
      lon: null,
      doubts: Doubt.noFix,
      attributes: { latitude: '0.3', longitude: 32.5825 },
    });
  });

  it('take an accuracy of 0 for none', () => {
    expect(read({ accuracy: 0 })).toMatchObject({ accuracyM: null, attributes: null });
    expect(read({ accuracy: 12.5 }).accuracyM).toBe(12.5);
  });

  it('name the attributes that have a name here, and keep the others', () => {
    const position = readAttributes({
      sat: 9,
      ignition: false,
      odometer: 1_000.5,
      power: 24.1,
      battery: 3.9,
      batteryLevel: 80,
      fuelLevel: 45,
      fuel: 18,
      motion: false,
      charge: true,
      rpm: 900,
      coolantTemp: 88,
      rssi: 21,
      hdop: 1.1,
      pdop: 1.9,
      event: 'x',
      result: 'OK',
      totalDistance: 5,
      driverUniqueId: 'A',
    });
    expect(position).toMatchObject({ satellites: 9, ignition: false, odometerM: 1_000.5, batteryV: 24.1 });
    expect(position.attributes).toEqual({
      deviceBatteryV: 3.9,
      batteryPercent: 80,
      fuelPercent: 45,
      fuel: 18,
      moving: false,
      charging: true,
      engineRpm: 900,
      coolantC: 88,
      gsmSignal: 21,
      hdop: 1.1,
      pdop: 1.9,
      event: 'x',
      commandAnswer: 'OK',
      totalDistance: 5,
      driverUniqueId: 'A',
    });
  });

  it('keep under their own keys what cannot be what the key says', () => {
    const odd = {
      sat: 7.5,
      ignition: 'on',
      odometer: -1,
      power: 12_600,
      battery: 97,
      batteryLevel: 255,
      fuelLevel: 300,
      motion: 1,
      alarm: 5,
    };
    const position = readAttributes(odd);
    expect(position).toMatchObject({
      satellites: null,
      ignition: null,
      odometerM: null,
      batteryV: null,
      alarm: null,
    });
    expect(position.attributes).toEqual(odd);
  });

  it('raise what has a name here and keep what has none', () => {
    expect(readAttributes({ alarm: 'tampering, hardBraking,accident' })).toMatchObject({
      alarm: 'crash,harshBraking,tamper',
      attributes: null,
    });
    expect(readAttributes({ alarm: 'fallDown,removing,myOwn' })).toMatchObject({
      alarm: 'unplug',
      attributes: { alarm: 'fallDown,myOwn' },
    });
  });

  it('lose no attribute to another of its name', () => {
    const position = read({ protocol: 'h02', attributes: { protocol: 'x', moving: 'y', motion: true } });
    expect(position.attributes).toEqual({
      protocol: 'x',
      'reported.protocol': 'h02',
      moving: true,
      'reported.moving': 'y',
    });
  });

  it('give no prototype to anything', () => {
    const { positions } = decodeBytes(
      Buffer.from(
        `{"position":{"fixTime":${RECEIVED_AT_MS},"attributes":{"__proto__":{"alarm":"sos"},"constructor":1}}}`,
      ),
    );
    expect(positions[0]).toMatchObject({ alarm: null });
    expect(Object.getPrototypeOf(positions[0]!.attributes)).toBe(Object.prototype);
    expect(Object.entries(positions[0]!.attributes!)).toEqual([['constructor', 1]]);
  });

  it.each([
    [1, 'malformed'],
    [[], 'malformed'],
    [{ device }, 'missing_field'],
    [{ device, event: { type: 'deviceOffline' } }, 'not_a_position'],
    [{ device, position: 'x' }, 'invalid_field'],
    [{ device, position: {} }, 'missing_field'],
    [{ device, position: { ...fix, fixTime: '2026-11-20 10:00', deviceTime: null } }, 'invalid_field'],
    [{ device, position: { ...fix, fixTime: 9e15, deviceTime: null } }, 'invalid_field'],
  ])('%j is refused as %s', (message, reason) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals).toMatchObject([{ reason, item: 0, detail: expect.stringMatching(/./) }]);
  });

  it('are refused when there is too much of them', () => {
    const long = { device, position: { ...fix, attributes: { x: 'x'.repeat(9_000) } } };
    expect(decode([long, { device, position: fix }])).toMatchObject({
      positions: [{ lat: 0.3476 }],
      refusals: [{ reason: 'invalid_field', item: 0, payload: Buffer.from(JSON.stringify(long)) }],
    });
    expect(decode(Array.from({ length: 1_001 }, () => 1)).refusals).toMatchObject([
      { reason: 'too_many_positions', item: 0 },
    ]);
  });

  it('are split by the unique id of the device', () => {
    const one = { position: fix, device };
    const other = { position: fix, device: { uniqueId: ' 867000000000002 ' } };
    const parts = adapter.split!(Buffer.from(JSON.stringify([one, other, one])));
    if (!Array.isArray(parts)) throw new Error(parts.detail);
    expect(parts.map(({ ident }) => ident)).toEqual(['867000000000001', '867000000000002']);
    expect(decodeBytes(parts[0]!.payload).positions).toHaveLength(2);
    expect(decodeBytes(parts[1]!.payload).positions).toHaveLength(1);
  });

  it('are refused whole when one does not say whose it is', () => {
    const split = (message: unknown) => adapter.split!(Buffer.from(JSON.stringify(message)));
    expect(split({ position: { ...fix, deviceId: 7 } })).toMatchObject({ reason: 'missing_field', item: 0 });
    expect(
      split([
        { position: fix, device },
        { position: fix, device: { id: 7 } },
      ]),
    ).toMatchObject({
      reason: 'missing_field',
      item: 1,
    });
    expect(split('x')).toMatchObject({ reason: 'malformed' });
  });

  it('are read or refused whatever the bytes', () => {
    const payloads = traccarSamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 5_000, 31)) checkDecoding(adapter, TOPIC, payload);
  }, 60_000);
});
