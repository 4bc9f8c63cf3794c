import { alarmText } from '../../alarms.ts';
import { Doubt } from '../../quality/doubts.ts';
import { jsonPayload, type Sample } from '../testing/sample.ts';

const device = {
  id: 7,
  attributes: {},
  groupId: 0,
  calendarId: 0,
  name: 'Boda 12',
  uniqueId: '867000000000001',
  status: 'online',
  lastUpdate: '2026-11-20T10:00:02.112+00:00',
  positionId: 90_210,
  phone: null,
  model: null,
  contact: null,
  category: 'motorcycle',
  disabled: false,
  expirationTime: null,
};

const position = {
  id: 0,
  attributes: {},
  deviceId: 7,
  protocol: 'teltonika',
  serverTime: '2026-11-20T10:00:02.104+00:00',
  deviceTime: '2026-11-20T10:00:00.000+00:00',
  fixTime: '2026-11-20T10:00:00.000+00:00',
  valid: true,
  latitude: 0.3476,
  longitude: 32.5825,
  altitude: 1190,
  speed: 22.5,
  course: 90,
  address: null,
  accuracy: 0,
  network: null,
  geofenceIds: null,
};

const sample = (name: string, message: unknown, expected: NonNullable<Sample['expected']>): Sample => ({
  name,
  topic: 'traccar/positions',
  payload: jsonPayload(message),
  expected,
});

/**
 * Composed, with an invented device, after what Jackson writes of Traccar's classes: PositionData,
 * Position and Device in https://github.com/traccar/traccar, src/main/java/org/traccar/forward and
 * …/model (Apache-2.0, commit 9e5c458).
 */
export const traccarSamples: readonly Sample[] = [
  sample(
    'a fix with attributes',
    {
      position: {
        ...position,
        attributes: {
          priority: 0,
          sat: 11,
          event: 239,
          hdop: 0.8,
          ignition: true,
          motion: true,
          rssi: 4,
          power: 12.61,
          battery: 4.05,
          batteryLevel: 97,
          odometer: 120_345,
          io69: 1,
          distance: 12.4,
          totalDistance: 98_765.43,
          hours: 5_400_000,
        },
      },
      device,
    },
    {
      fixTimeMs: Date.UTC(2026, 10, 20, 10),
      lat: 0.3476,
      lon: 32.5825,
      speedKmh: 41.67,
      headingDeg: 90,
      altitudeM: 1190,
      accuracyM: null,
      satellites: 11,
      ignition: true,
      odometerM: 120_345,
      batteryV: 12.61,
      alarm: null,
      doubts: 0,
      attributes: {
        moving: true,
        gsmSignal: 4,
        hdop: 0.8,
        deviceBatteryV: 4.05,
        batteryPercent: 97,
        event: 239,
        priority: 0,
        io69: 1,
        distance: 12.4,
        totalDistance: 98_765.43,
        hours: 5_400_000,
        protocol: 'teltonika',
        serverTime: '2026-11-20T10:00:02.104+00:00',
      },
    },
  ),
  // Traccar repeats the last position under its old `fixTime`.
  sample(
    'an alarm without a fix',
    {
      position: {
        ...position,
        fixTime: '2026-11-20T08:12:40.000+00:00',
        speed: 0,
        attributes: { alarm: 'powerCut,movement', archive: false },
        network: {
          radioType: 'gsm',
          considerIp: false,
          cellTowers: [
            { cellId: 343_455, locationAreaCode: 32_445, mobileCountryCode: 641, mobileNetworkCode: 10 },
          ],
        },
      },
      device,
    },
    {
      fixTimeMs: Date.UTC(2026, 10, 20, 10),
      lat: 0.3476,
      lon: 32.5825,
      alarm: alarmText(['powerCut']),
      doubts: Doubt.noFix,
      attributes: {
        alarm: 'movement',
        buffered: false,
        fixTime: '2026-11-20T08:12:40.000+00:00',
        protocol: 'teltonika',
        serverTime: '2026-11-20T10:00:02.104+00:00',
        network: {
          radioType: 'gsm',
          considerIp: false,
          cellTowers: [
            { cellId: 343_455, locationAreaCode: 32_445, mobileCountryCode: 641, mobileNetworkCode: 10 },
          ],
        },
      },
    },
  ),
];
