import { describe, expect, it } from 'vitest';
import { alarms } from '../../alarms.ts';
import { Doubt } from '../../quality/doubts.ts';
import { checkDecoding, hostilePayloads } from '../testing/hostile-payloads.ts';
import { ngpEvents } from './events.ts';
import { navixyNgp } from './navixy-ngp.ts';
import { navixySamples } from './samples.ts';

const RECEIVED_AT_MS = Date.UTC(2026, 10, 20, 10, 0, 5);
const IDENT = '867000000000001';
const TOPIC = `ngp/${IDENT}`;

const decodeBytes = (payload: Buffer, topic = TOPIC) =>
  navixyNgp.decode(payload, { topic, receivedAtMs: RECEIVED_AT_MS });
const decode = (message: unknown) => decodeBytes(Buffer.from(JSON.stringify(message)));
const MESSAGE_MS = Date.UTC(2026, 10, 20, 10);
const base = { message_time: '2026-11-20T10:00:00Z', device_id: IDENT };
const read = (fields: Record<string, unknown>) => {
  const { positions, refusals } = decode({ ...base, ...fields });
  expect(refusals).toEqual([]);
  return positions[0]!;
};
const coordinates = { latitude: 0.3476, longitude: 32.5825 };
const readLocation = (fields: Record<string, unknown>) => read({ location: { ...coordinates, ...fields } });

describe('the Navixy Generic Protocol', () => {
  it.each(navixySamples)('reads $name', (sample) => {
    expect(navixyNgp.reads(sample.topic)).toBe(true);
    const { positions, refusals } = decodeBytes(sample.payload, sample.topic);
    expect(refusals).toEqual([]);
    expect(positions).toHaveLength(1);
    expect(positions[0]).toMatchObject(sample.expected!);
    expect(positions[0]!.attributes).toEqual(sample.expected!.attributes);
  });

  it('has the ident as the second of two levels of the topic', () => {
    expect(navixyNgp.identOf(TOPIC)).toBe(IDENT);
    for (const foreign of ['ngp', 'ngp/', `ngp/${IDENT}/x`, `x/ngp/${IDENT}`, `NGP/${IDENT}`]) {
      expect(navixyNgp.reads(foreign)).toBe(false);
    }
  });

  it('reads a list of messages in its order, too', () => {
    const { positions } = decode([base, { ...base, message_time: '2026-11-19T10:00:00Z' }]);
    expect(positions.map(({ fixTimeMs }) => fixTimeMs)).toEqual([MESSAGE_MS, MESSAGE_MS - 86_400_000]);
  });

  it('takes the time of the fix while the message is of the same minute', () => {
    const position = readLocation({ gnss_time: '2026-11-20T09:59:00Z' });
    expect(position).toMatchObject({ fixTimeMs: MESSAGE_MS - 60_000, doubts: 0 });
    expect(position.attributes).toEqual({ message_time: '2026-11-20T10:00:00.000Z' });
  });

  it('takes the time of the message when the fix is an older one told again', () => {
    expect(readLocation({ gnss_time: '2026-11-20T09:58:59Z' })).toMatchObject({
      fixTimeMs: MESSAGE_MS,
      lat: 0.3476,
      doubts: Doubt.noFix,
      attributes: { gnss_time: '2026-11-20T09:58:59Z' },
    });
    expect(readLocation({ gnss_time: 'never' })).toMatchObject({
      fixTimeMs: MESSAGE_MS,
      doubts: 0,
      attributes: { gnss_time: 'never' },
    });
  });

  it.each([
    [{ fix_type: 'HAS_FIX' }, 0, null],
    [{ fix_type: 'FIX_3D' }, 0, { fix_type: 'FIX_3D' }],
    [{ fix_type: 'NO_FIX' }, Doubt.noFix, { fix_type: 'NO_FIX' }],
    [{ fix_type: 'LAST_KNOWN_POSITION' }, Doubt.noFix, { fix_type: 'LAST_KNOWN_POSITION' }],
    [{ source_type: 'GNSS' }, 0, null],
    [{ source_type: 'LBS' }, Doubt.noFix, { source_type: 'LBS' }],
    [{ source_type: 'ATLAS' }, Doubt.noFix, { source_type: 'ATLAS' }],
    [{ source_type: 'WiFi' }, Doubt.noFix, { source_type: 'WiFi' }],
  ])('keeps the coordinates and doubts them by what %j says', (fields, doubts, attributes) => {
    expect(readLocation(fields)).toMatchObject({ lat: 0.3476, lon: 32.5825, doubts });
    expect(readLocation(fields).attributes).toEqual(attributes);
  });

  it('doubts a point of cells also before there was a source_type', () => {
    expect(read({ location: coordinates, event_id: 402 })).toMatchObject({
      lat: 0.3476,
      doubts: Doubt.noFix,
    });
  });

  it('has no fix without both coordinates', () => {
    expect(read({ location: { latitude: 1, speed: 5 } })).toMatchObject({
      lat: null,
      lon: null,
      speedKmh: 5,
      doubts: Doubt.noFix,
      attributes: { latitude: 1 },
    });
    expect(read({ location: 'Kampala' })).toMatchObject({ lat: null, attributes: { location: 'Kampala' } });
  });

  it('keeps under their own keys what cannot be what the key says', () => {
    const odd = {
      altitude: 'high',
      satellites: -1,
      speed: -2,
      heading: 400,
      hdop: -1,
      precision: null,
      vdop: 1.2,
    };
    expect(readLocation(odd)).toMatchObject({
      altitudeM: null,
      satellites: null,
      speedKmh: null,
      headingDeg: null,
    });
    const { precision: _absent, ...kept } = odd;
    expect(readLocation(odd).attributes).toEqual(kept);
    const rest = {
      event_id: 'x',
      is_moving: 1,
      hardware_mileage: -5,
      battery_level: 101,
      board_voltage: '12',
    };
    expect(read(rest)).toMatchObject({ odometerM: null, batteryV: null, attributes: rest });
  });

  it('keeps a device_id that is not that of the topic', () => {
    expect(read({ device_id: '42' }).attributes).toEqual({ device_id: '42' });
    expect(read({ device_id: undefined }).attributes).toBeNull();
  });

  it('names each of the 126 predefined events', () => {
    expect(ngpEvents.size).toBe(126);
    for (const [id, [name, ...raised]] of ngpEvents) {
      const position = read({ event_id: id });
      expect(position.attributes).toEqual({ event: name });
      expect(position.alarm).toBe(raised.length === 0 ? null : [...raised].sort().join(','));
      for (const alarm of raised) expect(alarms).toContain(alarm);
    }
    expect(new Set(Array.from(ngpEvents.values(), ([name]) => name)).size).toBe(126);
  });

  it.each([
    [2, 'powerCut'],
    [5, 'unplug'],
    [7, 'lowBattery'],
    [101, 'tow'],
    [106, 'tamper'],
    [116, 'gnssJamming'],
    [117, 'jamming'],
    [202, 'sos'],
    [224, 'overspeed'],
    [238, 'harshBraking,harshCornering'],
    [242, 'crash'],
    [302, 'idling'],
    [409, 'geofenceEnter'],
    [601, 'antennaCut'],
    [4, null],
    [121, null],
    [301, null],
  ])('raises by event %i: %s', (id, alarm) => {
    expect(read({ event_id: id }).alarm).toBe(alarm);
  });

  it('knows the ignition from its events', () => {
    expect(read({ event_id: 604 }).ignition).toBe(false);
    expect(read({ event_id: 605 }).ignition).toBe(true);
    expect(read({ event_id: 406 }).ignition).toBeNull();
  });

  it('keeps the number of an event that is not predefined', () => {
    expect(read({ event_id: 10_001 })).toMatchObject({ alarm: null, attributes: { event: 10_001 } });
  });

  it('gives no prototype to anything', () => {
    const { positions } = decodeBytes(
      Buffer.from(
        '{"message_time":"2026-11-20T10:00:00Z","location":{"__proto__":{"latitude":1,"longitude":2}}}',
      ),
    );
    expect(positions[0]).toMatchObject({ lat: null, lon: null, attributes: null });
  });

  it.each([
    ['x', 'malformed'],
    [null, 'malformed'],
    [[], 'malformed'],
    [{ device_id: IDENT }, 'missing_field'],
    [{ ...base, message_time: null }, 'missing_field'],
    [{ ...base, message_time: '2026-11-20T10:00:00' }, 'invalid_field'],
    [{ ...base, message_time: '2026-11-31T10:00:00Z' }, 'invalid_field'],
    [{ ...base, message_time: 1_795_168_800 }, 'invalid_field'],
  ])('refuses %j as %s', (message, reason) => {
    const { positions, refusals } = decode(message);
    expect(positions).toEqual([]);
    expect(refusals).toMatchObject([{ reason, item: 0, detail: expect.stringMatching(/./) }]);
  });

  it.each([9_000, 100_000, 900_000])('refuses a photo of %i characters', (length) => {
    expect(decode({ ...base, photo: 'A'.repeat(length) })).toMatchObject({
      positions: [],
      refusals: [{ reason: 'invalid_field' }],
    });
  });

  it('reads or refuses whatever the bytes', () => {
    const payloads = navixySamples.map(({ payload }) => payload);
    for (const payload of hostilePayloads(payloads, 5_000, 33)) checkDecoding(navixyNgp, TOPIC, payload);
  }, 60_000);
});
