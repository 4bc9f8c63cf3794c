import { describe, expect, it } from 'vitest';
import { alarms } from '../../alarms.ts';
import { Doubt } from '../../quality/doubts.ts';
import { MAX_ATTRIBUTES_BYTES } from '../attributes.ts';
import { emptyPosition } from '../empty-position.ts';
import { eventAlarm, stateAlarm } from './avl-alarms.ts';
import { ioName, Kind, knownIds, parameter } from './avl-parameters.ts';
import { ANY_WIDTH, type Attributes, applyLong, applyNumber, applyText, keep } from './avl-values.ts';

function apply(elements: readonly (readonly [id: number, bytes: number, raw: number])[]) {
  const position = { ...emptyPosition(0, { receivedAtMs: 0 }), doubts: 0 };
  const attributes: Attributes = {};
  for (const [id, bytes, raw] of elements) applyNumber(position, attributes, id, bytes, raw);
  return { ...position, attributes };
}

describe('values of AVL ids', () => {
  it.each([
    [239, 1, 1, { ignition: true }],
    [16, 4, 120_345, { odometerM: 120_345 }],
    [66, 2, 12_600, { batteryV: 12.6 }],
    [69, 1, 1, { doubts: 0, attributes: { gnssStatus: 1 } }],
    [69, 1, 3, { doubts: 0, attributes: { gnssStatus: 3 } }],
    [69, 1, 2, { doubts: Doubt.noFix, attributes: { gnssStatus: 2 } }],
    [69, 1, 0, { doubts: Doubt.noFix, attributes: { gnssStatus: 0 } }],
    [67, 2, 4_100, { attributes: { deviceBatteryV: 4.1 } }],
    [113, 1, 98, { attributes: { batteryPercent: 98 } }],
    [181, 2, 11, { attributes: { pdop: 1.1 } }],
    [182, 2, 8, { attributes: { hdop: 0.8 } }],
    [21, 1, 4, { attributes: { gsmSignal: 4 } }],
    [240, 1, 0, { attributes: { moving: false } }],
    [84, 2, 455, { attributes: { fuelL: 45.5 } }],
    [89, 1, 62, { attributes: { fuelPercent: 62 } }],
    [48, 1, 61, { attributes: { fuelPercent: 61 } }],
    [36, 2, 2_100, { attributes: { engineRpm: 2_100 } }],
    [85, 2, 2_200, { attributes: { engineRpm: 2_200 } }],
    [32, 1, 0xf6, { attributes: { coolantC: -10 } }],
    [115, 2, 905, { attributes: { coolantC: 90.5 } }],
    [17, 2, 0xfff5, { attributes: { axisXMg: -11 } }],
    [72, 4, 0xffff_ffce, { attributes: { temperature1C: -5 } }],
    [12, 4, 244, { attributes: { fuelUsedGpsL: 0.244 } }],
    [13, 2, 2_840, { attributes: { fuelRateGpsLPer100Km: 28.4 } }],
    [199, 4, 5_000, { attributes: { tripOdometerM: 5_000 } }],
    [241, 4, 24_602, { attributes: { gsmOperator: 24_602 } }],
    [249, 1, 1, { attributes: { jamming: true } }],
    [1, 1, 1, { attributes: { digitalInput1: true } }],
  ])('puts id %i of %i bytes with the value %i where it belongs', (id, bytes, raw, expected) => {
    expect(apply([[id, bytes, raw]])).toMatchObject({ attributes: {}, ...expected });
    expect(Object.keys(apply([[id, bytes, raw]]).attributes)).toHaveLength('attributes' in expected ? 1 : 0);
  });

  it.each([
    ['an unknown id', 5_000, 1, 7],
    ['the width of another model', 10, 2, 1],
    ['a number where an identifier is expected', 78, 4, 7],
    ['a sensor that has not measured yet', 72, 4, 850],
    ['a sensor that is not connected', 73, 4, 3_000],
    ['a flag that is none', 240, 1, 2],
    ['an ignition that is none', 239, 1, 2],
    ['a level over 100 %', 113, 1, 255],
  ])('keeps %s raw', (_what, id, bytes, raw) => {
    expect(apply([[id, bytes, raw]])).toMatchObject({
      ignition: null,
      attributes: { [`io${id}`]: raw },
    });
  });

  it('takes a value of any width where none is known, and a negative one as it is', () => {
    const { ignition, attributes } = apply([
      [239, ANY_WIDTH, 1],
      [18, ANY_WIDTH, -11],
      [19, ANY_WIDTH, 65_525],
      [238, ANY_WIDTH, 0xa1b2c],
    ]);
    expect(ignition).toBe(true);
    expect(attributes).toEqual({ axisYMg: -11, axisZMg: -11, userId: '00000000000A1B2C' });
  });

  it('keeps every value of a repeated id: the first under its name, others raw', () => {
    const { ignition, odometerM, attributes } = apply([
      [239, 1, 1],
      [239, 1, 0],
      [16, 4, 5],
      [16, 4, 5],
      [67, 2, 4_000],
      [67, 2, 4_100],
      [67, 2, 4_000],
      [67, 2, 4_200],
      [5_000, 1, 1],
      [5_000, 1, 1],
    ]);
    expect({ ignition, odometerM }).toEqual({ ignition: true, odometerM: 5 });
    expect(attributes).toEqual({ io239: 0, deviceBatteryV: 4, io67: [4_100, 4_200], io5000: [1, 1] });
  });

  it('keeps two sources of one name apart', () => {
    expect(
      apply([
        [89, 1, 62],
        [48, 1, 61],
      ]).attributes,
    ).toEqual({ fuelPercent: 62, io48: 61 });
  });

  it('reads eight bytes without loss', () => {
    const position = emptyPosition(0, { receivedAtMs: 0 });
    const attributes: Attributes = {};
    applyLong(position, attributes, 11, 0, 893_700_218);
    applyLong(position, attributes, 14, 0xffff_ffff, 0xffff_ffff);
    applyLong(position, attributes, 78, 0x0100_0000, 0x0ab3_c901);
    applyLong(position, attributes, 101, 0x0020_0000, 1);
    applyLong(position, attributes, 517, 1, 1);
    expect(attributes).toEqual({
      iccid1: 893_700_218,
      iccid2: '18446744073709551615',
      iButton: '010000000AB3C901',
      io101: '9007199254740993',
      io517: 4_294_967_297,
    });
  });

  it('reads texts', () => {
    const attributes: Attributes = {};
    applyText(attributes, 256, 'WVWZZZ1JZXW000001');
    applyText(attributes, 78, '0xab');
    applyText(attributes, 207, 'none');
    applyText(attributes, 21, 'good');
    expect(attributes).toEqual({
      vin: 'WVWZZZ1JZXW000001',
      iButton: '00000000000000AB',
      io207: 'none',
      io21: 'good',
    });
  });

  it('leaves prototypes alone', () => {
    const attributes: Attributes = {};
    keep(attributes, '__proto__', { polluted: true });
    keep(attributes, 'constructor', 1);
    keep(attributes, 'constructor', 2);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    expect(Object.entries(attributes)).toEqual([['constructor', [1, 2]]]);
  });
});

describe('the list of AVL ids', () => {
  it('has each id once, with a range that its width can carry', () => {
    expect(new Set(knownIds).size).toBe(knownIds.length);
    for (const id of knownIds) {
      const known = parameter(id);
      expect(known).not.toBeNull();
      if (known === null || known.kind === Kind.text) continue;
      expect([1, 2, 4, 8]).toContain(known.bytes);
      expect(known.min).toBeLessThan(known.max);
      expect(known.max).toBeLessThanOrEqual(2 ** (8 * known.bytes) - 1);
    }
  });

  it('has names short enough that a hundred elements need no counting', () => {
    const longest = Math.max(...knownIds.map((id) => parameter(id)?.name.length ?? 0));
    const longestValue = JSON.stringify('18446744073709551615').length;
    expect(100 * (longest + longestValue + 4)).toBeLessThan(MAX_ATTRIBUTES_BYTES);
  });

  it('names what it does not know by id', () => {
    expect([ioName(0), ioName(385), ioName(65_535), ioName(385)]).toEqual([
      'io0',
      'io385',
      'io65535',
      'io385',
    ]);
  });
});

describe('alarms of AVL ids', () => {
  it.each([
    [175, 0, 'geofenceExit'],
    [175, 1, 'geofenceEnter'],
    [155, 0, 'geofenceExit'],
    [61, 1, 'geofenceEnter'],
    [231, 2, null],
    [231, 3, 'overspeed'],
    [236, 1, 'general'],
    [246, 0, null],
    [246, 1, 'tow'],
    [247, 1, 'crash'],
    [247, 6, 'crash'],
    [249, 1, 'jamming'],
    [249, 0, null],
    [251, 1, 'idling'],
    [252, 1, 'powerCut'],
    [252, 0, null],
    [253, 1, 'harshAcceleration'],
    [253, 2, 'harshBraking'],
    [253, 3, 'harshCornering'],
    [255, 0, null],
    [255, 87, 'overspeed'],
    [318, 1, 'gnssJamming'],
    [318, 2, 'gnssJamming'],
    [240, 1, null],
    [60_000, 1, null],
  ])('the event %i with the value %i raises %s', (id, raw, alarm) => {
    expect(eventAlarm(id, raw, 0)).toBe(alarm);
    expect([null, ...alarms]).toContain(alarm);
  });

  it('takes a digital input that closes with panic priority for a panic button', () => {
    expect(eventAlarm(1, 1, 2)).toBe('sos');
    expect(eventAlarm(3, 1, 2)).toBe('sos');
    expect(eventAlarm(1, 0, 2)).toBeNull();
    expect(eventAlarm(1, 1, 1)).toBeNull();
    expect(eventAlarm(252, 0, 2)).toBeNull();
  });

  it('raises states without an event, but not that a vehicle is outside of a geofence', () => {
    expect(stateAlarm(252, 1)).toBe('powerCut');
    expect(stateAlarm(252, 0)).toBeNull();
    expect(stateAlarm(175, 0)).toBeNull();
    expect(stateAlarm(155, 3)).toBeNull();
  });
});
