import { Doubt } from '../../quality/doubts.ts';
import { jsonPayload, type Sample } from '../testing/sample.ts';

const sample = (
  name: string,
  message: { device_id: string } & Record<string, unknown>,
  expected: NonNullable<Sample['expected']>,
): Sample => ({
  name,
  topic: `ngp/${message.device_id}`,
  payload: jsonPayload(message),
  expected,
});

const cell = { mcc: 250, mnc: 0, lac: 32_445, cell_id: 343_455 };

/**
 * The examples of https://github.com/SquareGPS/navixy-api, docs/iot-logic-api/Technologies/
 * navixy-generic-protocol/message-structure-and-attributes.md (Apache-2.0, commit 9c0cc75).
 */
export const navixySamples: readonly Sample[] = [
  sample(
    'the minimum that is valid',
    { message_time: '2026-02-05T06:00:11Z', device_id: '1112312212' },
    {
      fixTimeMs: Date.UTC(2026, 1, 5, 6, 0, 11),
      lat: null,
      lon: null,
      doubts: Doubt.noFix,
      attributes: null,
    },
  ),
  sample(
    'the minimum that Navixy stores',
    {
      message_time: '2026-02-05T06:00:11Z',
      device_id: '1112312212',
      location: { latitude: 34.159_296_877_052_82, longitude: -118.461_413_383_483_9, satellites: 3 },
    },
    {
      fixTimeMs: Date.UTC(2026, 1, 5, 6, 0, 11),
      lat: 34.159_296_877_052_82,
      lon: -118.461_413_383_483_9,
      satellites: 3,
      doubts: 0,
      attributes: null,
    },
  ),
  sample(
    'a point of cells',
    {
      message_time: '2024-09-02T10:05:12Z',
      device_id: '857378374927457',
      version: '1.2',
      location: { latitude: 56.3521, longitude: 60.1289, source_type: 'LBS', precision: 800 },
      event_id: 402,
      mobile_cells: [{ ...cell, rssi: -78, type: 'LTE' }],
    },
    {
      fixTimeMs: Date.UTC(2024, 8, 2, 10, 5, 12),
      lat: 56.3521,
      lon: 60.1289,
      accuracyM: 800,
      alarm: null,
      doubts: Doubt.noFix,
      attributes: {
        source_type: 'LBS',
        event: 'GSM LBS point report',
        version: '1.2',
        mobile_cells: [{ ...cell, rssi: -78, type: 'LTE' }],
      },
    },
  ),
  sample(
    'a complete message',
    {
      message_time: '2024-09-02T10:03:43Z',
      device_id: '857378374927457',
      version: '1.2',
      location: {
        gnss_time: '2024-09-02T10:03:41Z',
        fix_type: 'HAS_FIX',
        latitude: 56.348_579,
        longitude: 60.123_44,
        altitude: 271,
        satellites: 8,
        hdop: 0.41,
        pdop: 2.0,
        speed: 43,
        heading: 77,
        source_type: 'GNSS',
      },
      event_id: 406,
      mobile_cells: [{ ...cell, rssi: -54, type: 'LTE' }],
      wifi_points: [{ mac: '12:33:FF:45:04:33', rssi: -54, age: 4_002, channel: 11 }],
      is_moving: true,
      hardware_mileage: 7382.3,
      battery_voltage: 4.12,
      battery_level: 93,
      board_voltage: 13.9,
      input_status: 1,
      output_status: 0,
      hardware_key: '12FFABC54234',
      temperature_internal: 12.3,
      temperature_2: -13.7,
      custom_fuel: 86,
    },
    {
      fixTimeMs: Date.UTC(2024, 8, 2, 10, 3, 41),
      lat: 56.348_579,
      lon: 60.123_44,
      speedKmh: 43,
      headingDeg: 77,
      altitudeM: 271,
      accuracyM: null,
      satellites: 8,
      ignition: null,
      odometerM: 7_382_300,
      batteryV: 13.9,
      alarm: null,
      doubts: 0,
      attributes: {
        hdop: 0.41,
        pdop: 2,
        event: 'Movement start',
        moving: true,
        deviceBatteryV: 4.12,
        batteryPercent: 93,
        message_time: '2024-09-02T10:03:43.000Z',
        version: '1.2',
        mobile_cells: [{ ...cell, rssi: -54, type: 'LTE' }],
        wifi_points: [{ mac: '12:33:FF:45:04:33', rssi: -54, age: 4_002, channel: 11 }],
        input_status: 1,
        output_status: 0,
        hardware_key: '12FFABC54234',
        temperature_internal: 12.3,
        temperature_2: -13.7,
        custom_fuel: 86,
      },
    },
  ),
  sample(
    'structured custom attributes',
    {
      message_time: '2024-09-02T12:23:45Z',
      device_id: '857378374927457',
      version: '1.1a',
      location: { latitude: 34.159_296_877_052_82, longitude: -118.461_413_383_483_9 },
      custom_fuel: 86,
      custom_attributes: [
        { type: 'engine_rpm', id: 1, value: 2_100, units: 'rpm' },
        { type: 'vehicle_load', id: 2, value: 75, units: 'percent' },
      ],
    },
    {
      fixTimeMs: Date.UTC(2024, 8, 2, 12, 23, 45),
      satellites: null,
      doubts: 0,
      attributes: {
        version: '1.1a',
        custom_fuel: 86,
        custom_attributes: [
          { type: 'engine_rpm', id: 1, value: 2_100, units: 'rpm' },
          { type: 'vehicle_load', id: 2, value: 75, units: 'percent' },
        ],
      },
    },
  ),
];
