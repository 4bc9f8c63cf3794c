import { Doubt } from '../../quality/doubts.ts';
import { jsonPayload, type Sample } from '../testing/sample.ts';

const TOPIC = 'devices/867000000000001/positions';

/** Messages as docs/connecting-a-tracker.md describes them. */
export const nativeSamples: readonly Sample[] = [
  {
    name: 'a position with every field',
    topic: TOPIC,
    payload: jsonPayload({
      time: '2026-11-20T10:00:00.000Z',
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
      attributes: { driver: 'A-17', io: [1, 2] },
    }),
    expected: {
      fixTimeMs: Date.UTC(2026, 10, 20, 10),
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
      attributes: { driver: 'A-17', io: [1, 2] },
      doubts: 0,
    },
  },
  {
    name: 'no more than when and where',
    topic: TOPIC,
    payload: jsonPayload({ time: 1_795_168_800_000, lat: -0.5, lon: -32 }),
    expected: {
      fixTimeMs: 1_795_168_800_000,
      lat: -0.5,
      lon: -32,
      speedKmh: null,
      ignition: null,
      alarm: null,
      attributes: null,
      doubts: 0,
    },
  },
  {
    name: 'an alarm without a fix',
    topic: TOPIC,
    payload: jsonPayload({
      time: '2026-11-20T13:00:00+03:00',
      lat: null,
      lon: null,
      ignition: false,
      alarm: 'sos',
    }),
    expected: {
      fixTimeMs: Date.UTC(2026, 10, 20, 10),
      lat: null,
      lon: null,
      ignition: false,
      alarm: 'sos',
      attributes: null,
      doubts: Doubt.noFix,
    },
  },
  {
    name: 'a list of one, from a clock that was never set',
    topic: TOPIC,
    payload: jsonPayload([{ time: 0, lat: 91, lon: 200, odometerM: 7 }]),
    expected: { fixTimeMs: 0, lat: 91, lon: 200, odometerM: 7, attributes: null, doubts: 0 },
  },
  {
    name: 'a position without a time',
    topic: TOPIC,
    payload: jsonPayload({ lat: 0.3476, lon: 32.5825 }),
    refused: 'missing_field',
  },
  {
    name: 'a text where a number belongs',
    topic: TOPIC,
    payload: jsonPayload({ time: 1_795_168_800_000, lat: '0.3476', lon: 32.5825 }),
    refused: 'invalid_field',
  },
];
