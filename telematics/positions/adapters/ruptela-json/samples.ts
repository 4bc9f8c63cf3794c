import { Doubt } from '../../quality/doubts.ts';
import { jsonPayload, type Sample } from '../testing/sample.ts';

/** Invented in the form that the README's first source shows. */
export const ruptelaSamples: readonly Sample[] = [
  {
    name: 'a record by distance',
    topic: '356307042441013/ruptela',
    payload: jsonPayload({
      ts: 1795132800,
      trigger: 8,
      prio: 0,
      imei: '356307042441013',
      ext: 0,
      pos: { lat: 3476000, lon: 325825000, alt: 1190, dir: 19250, spd: 46, sat: 15, hdop: 7 },
      data: { '251': '1', '28': '1', '173': '1' },
    }),
    expected: {
      fixTimeMs: 1_795_132_800_000,
      lat: 0.3476,
      lon: 32.5825,
      speedKmh: 46,
      headingDeg: 192.5,
      altitudeM: 1190,
      satellites: 15,
      ignition: true,
      attributes: { event: 8, pos: { hdop: 7 }, moving: true, io28: '1', prio: 0, ext: 0 },
      doubts: 0,
    },
  },
  {
    name: 'IO values that only decimal digits can mean',
    topic: 'ruptela/356307042441013/data',
    payload: jsonPayload({
      ts: 1795132860,
      trigger: 409,
      pos: { lat: -3476000, lon: 325825000, alt: 1190, dir: 0, spd: 0, sat: 9, hdop: 8 },
      data: { '409': '0', '251': '1', '27': '21', '29': '12650', '30': '4100', '65': '120345' },
    }),
    expected: {
      lat: -0.3476,
      ignition: false,
      batteryV: 12.65,
      odometerM: 120_345,
      attributes: { event: 409, pos: { hdop: 8 }, gsmSignal: 21, deviceBatteryV: 4.1, io251: '1' },
    },
  },
  {
    name: 'IO values that only hexadecimal digits can mean',
    topic: '356307042441013/ruptela',
    payload: jsonPayload({
      ts: 1795132920,
      pos: { lat: 3476000, lon: 325825000, dir: 9000, spd: 0, sat: 9 },
      data: { '29': '37FF', '30': '1080', '65': '1D619', '94': '1F40', '96': '7D', '410': '1' },
    }),
    expected: {
      headingDeg: 90,
      batteryV: 14.335,
      odometerM: 120_345,
      alarm: 'tow',
      attributes: { deviceBatteryV: 4.224, coolantC: 85, engineRpm: 2000 },
    },
  },
  {
    name: 'a record without a fix',
    topic: '356307042441013/ruptela',
    payload: jsonPayload({
      ts: 1795132980,
      pos: { lat: -2147483648, lon: -2147483648, sat: 0 },
      data: { '758': '1' },
    }),
    expected: {
      lat: null,
      lon: null,
      satellites: 0,
      alarm: 'tamper',
      attributes: { pos: { lat: -2147483648, lon: -2147483648 } },
      doubts: Doubt.noFix,
    },
  },
];
