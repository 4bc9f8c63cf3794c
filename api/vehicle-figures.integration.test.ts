import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { positionsOfDevice, trackOfDevice } from '@wayleave/telematics/positions/history-store.ts';
import { lastGoodFix, lastReading, partsOfDevice } from '@wayleave/telematics/positions/mileage-store.ts';
import { Doubt } from '@wayleave/telematics/positions/quality/doubts.ts';
import { Remark } from '@wayleave/telematics/positions/quality/remarks.ts';
import { bucketsOfDevice } from '@wayleave/telematics/positions/series-store.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';
import { type JudgedFix, storeJudged } from './test/judged-fixes.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-10-05T00:00:00Z');

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'agent');
});
afterAll(async () => await api.close());

const at = (minute: number) => new Date(START_MS + minute * MINUTE_MS).toISOString();
const range = (fromMinute: number, toMinute: number) => `from=${at(fromMinute)}&to=${at(toMinute)}`;

/** A vehicle whose device reported `fixes`, each by its minute. */
async function vehicleWith(fixes: (Omit<JudgedFix, 'fixTimeMs'> & { minute: number })[]) {
  const vehicle = await makeVehicle(api, 'north');
  await store(vehicle.deviceId, fixes);
  return vehicle;
}
const store = async (deviceId: string, fixes: (Omit<JudgedFix, 'fixTimeMs'> & { minute: number })[]) =>
  await storeJudged(
    api,
    'north',
    deviceId,
    fixes.map(({ minute, ...fix }) => ({ fixTimeMs: START_MS + minute * MINUTE_MS, ...fix })),
  );
const ask = async (vehicleId: string, path: string) =>
  await api.request('GET', `/api/v1/vehicles/${vehicleId}/${path}`, { token });

/** Another device takes the place of the vehicle's from `minute` on. */
async function swapDevice(vehicle: { vehicleId: string; installationId: string }, minute: number) {
  const fleet = await api.tokenOf('north', 'fleet');
  const other = await makeVehicle(api, 'north', { from: '2026-01-01T00:00:00Z' });
  const post = async (path: string, body: object) => {
    const answer = await api.request('POST', `/api/v1/${path}`, { token: fleet, body });
    expect(answer.status).toBeLessThan(300);
  };
  await post(`installations/${vehicle.installationId}/end`, { to: at(minute) });
  await post(`installations/${other.installationId}/end`, { to: at(minute) });
  await post(`vehicles/${vehicle.vehicleId}/installations`, { deviceId: other.deviceId, from: at(minute) });
  return other;
}

test('a series has least, greatest, mean, last and count of each bucket, and leaves out empty ones', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, speed_kmh: 41.3 },
    { minute: 1, speed_kmh: 10 },
    { minute: 9, speed_kmh: 20.7 },
    { minute: 25, speed_kmh: 5 },
    { minute: 26, speed_kmh: null },
    { minute: 31, speed_kmh: null },
  ]);
  const { json, status } = await ask(vehicleId, `series?metric=speed&points=4&${range(0, 40)}`);
  expect(status).toBe(200);
  expect(json).toEqual({
    from: at(0),
    to: at(40),
    bucketS: 600,
    series: [
      {
        metric: 'speed',
        unit: 'km/h',
        points: [
          { time: at(0), min: 10, max: 41.3, mean: 24, last: 20.7, count: 3 },
          { time: at(20), min: 5, max: 5, mean: 5, last: 5, count: 1 },
        ],
      },
    ],
  });
});

test('speed is of good fixes only, voltage and fuel of all whose time can be trusted', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, speed_kmh: 1, battery_v: 12, attributes: { fuelPercent: 50 } },
    { minute: 1, speed_kmh: 2, battery_v: 13, attributes: { fuelPercent: 60 }, doubts: Doubt.noFix },
    { minute: 2, speed_kmh: 3, battery_v: 14, attributes: { fuelPercent: 70 }, doubts: Doubt.clockUnset },
    {
      minute: 3,
      speed_kmh: 4,
      battery_v: 15,
      attributes: { fuelPercent: 80 },
      doubts: Doubt.future | Doubt.frozen,
    },
  ]);
  const { json } = await ask(vehicleId, `series?metric=speed,battery,fuel&points=1&${range(0, 10)}`);
  expect(json.series.map(({ metric, points }: any) => [metric, points[0]?.max, points[0]?.count])).toEqual([
    ['speed', 1, 1],
    ['battery', 13, 2],
    ['fuelPercent', 60, 2],
    ['fuelL', undefined, undefined],
  ]);
});

test('an attribute that is no number is not told, and breaks nothing', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, attributes: { fuelL: 'full', batteryPercent: null } },
    { minute: 1, attributes: { fuelL: 12.5, batteryPercent: { of: 3 } } },
    { minute: 2, attributes: ['fuelL'] as never },
  ]);
  const { json } = await ask(vehicleId, `series?metric=fuelL,deviceBattery&points=1&${range(0, 10)}`);
  expect(json.series.map(({ metric, points }: any) => [metric, points.length, points[0]?.last])).toEqual([
    ['fuelL', 1, 12.5],
    ['deviceBatteryPercent', 0, undefined],
    ['deviceBatteryV', 0, undefined],
  ]);
});

test('a number that cannot be is not told, and neither overflows nor hides those beside it', async () => {
  const { vehicleId, deviceId } = await vehicleWith([
    { minute: 0, attributes: { coolantC: 1e308, fuelL: 1e308, fuelPercent: 255 }, odometer_m: 1e308 },
    { minute: 1, attributes: { coolantC: 1e308, fuelL: 1e308, fuelPercent: -1 }, odometer_m: 1e308 },
    { minute: 2, attributes: { coolantC: 88, fuelL: 0, fuelPercent: 100 }, odometer_m: 7 },
    { minute: 3 },
  ]);
  await api.ingestPool.query(
    `UPDATE positions SET attributes = '{"coolantC": 1e400, "fuelL": -1e400}' WHERE device_id = $1 AND fix_time = $2`,
    [deviceId, at(3)],
  );
  const { json, status } = await ask(
    vehicleId,
    `series?metric=coolant,fuel,odometer&points=1&${range(0, 10)}`,
  );
  expect(status).toBe(200);
  expect(json.series.map(({ points: [{ min, max, count }] }: any) => [min, max, count])).toEqual([
    [88, 88, 1],
    [100, 100, 1],
    [0, 0, 1],
    [7, 7, 1],
  ]);
});

test('a series runs across a change of the device, each within its own time', async () => {
  const vehicle = await vehicleWith([
    { minute: 0, battery_v: 12 },
    { minute: 9, battery_v: 99 },
  ]);
  const other = await swapDevice(vehicle, 5);
  await store(other.deviceId, [
    { minute: 1, battery_v: 98 },
    { minute: 6, battery_v: 14 },
  ]);
  const { json } = await ask(vehicle.vehicleId, `series?metric=battery&points=1&${range(0, 10)}`);
  expect(json.series[0].points).toEqual([{ time: at(0), min: 12, max: 14, mean: 13, last: 14, count: 2 }]);
});

test.each([
  ['no metric', range(0, 10), 'invalid_request'],
  ['an unknown metric', `metric=speed,altitud&${range(0, 10)}`, 'invalid_request'],
  ['more points than there may be', `metric=speed&points=2001&${range(0, 10)}`, 'invalid_request'],
  ['an empty range', `metric=speed&${range(10, 10)}`, 'empty_time_range'],
  [
    'a range that is too long',
    'metric=speed&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    'range_too_long',
  ],
])('a series of %s is refused', async (_what, query, code) => {
  const { vehicleId } = await vehicleWith([]);
  const { status, json } = await ask(vehicleId, `series?${query}`);
  expect([status, json.code]).toEqual([400, code]);
});

test('mileage is the sum of the legs between good fixes and of the steps of the odometer', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, distance_m: null, odometer_m: 1_000 },
    { minute: 1, distance_m: 500, odometer_m: 1_510 },
    { minute: 2, distance_m: 9_999, doubts: Doubt.impossibleJump },
    { minute: 3, distance_m: 250.5, odometer_m: 1_760 },
  ]);
  const { json } = await ask(vehicleId, `mileage?${range(0, 10)}`);
  expect(json).toEqual({
    from: at(0),
    to: at(10),
    distanceM: 750.5,
    odometerM: 760,
    bestM: 760,
    bestSource: 'odometer',
    positions: 3,
  });
});

test('the best mileage is decided hour by hour: a replaced odometer costs the hour in which that was', async () => {
  const hours = Array.from({ length: 4 * 60 }, (_, minute) => ({
    minute,
    distance_m: minute === 0 ? null : 450,
    speed_kmh: 27,
    // Replaced in the second hour, and runs on by ten per cent more than the straight legs.
    odometer_m: (minute < 90 ? 100_000 : 5_000) + minute * 500,
    remarks: minute === 90 ? Remark.odometerReplaced : 0,
  }));
  const { vehicleId } = await vehicleWith(hours);
  const { json } = await ask(vehicleId, `mileage?${range(0, 240)}`);
  expect(json).toMatchObject({ distanceM: 239 * 450, odometerM: 238 * 500 });
  expect(json).toMatchObject({ bestM: 179 * 500 + 60 * 450, bestSource: 'odometer' });
});

test('what the fixes of a parked vehicle wander is no mileage, what was driven without fixes is', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, distance_m: null, speed_kmh: 0, odometer_m: 70_000 },
    ...Array.from({ length: 50 }, (_, at) => ({
      minute: at + 1,
      distance_m: 60,
      speed_kmh: 1,
      odometer_m: 70_000,
    })),
    // Two hours without a fix: straight it is 20 km, on the road 55.
    { minute: 180, distance_m: 20_000, speed_kmh: 40, odometer_m: 125_000 },
  ]);
  const { json } = await ask(vehicleId, `mileage?${range(0, 240)}`);
  expect(json).toMatchObject({ distanceM: 23_000, odometerM: 55_000, bestM: 55_000, bestSource: 'odometer' });
});

test('an odometer that is stuck, or runs in the wrong unit, is not the best', async () => {
  const driven = (odometer: (minute: number) => number) =>
    Array.from({ length: 60 }, (_, minute) => ({
      minute,
      distance_m: minute === 0 ? null : 500,
      speed_kmh: 30,
      odometer_m: odometer(minute),
    }));
  const stuck = await vehicleWith(driven(() => 9_000));
  const wrong = await vehicleWith(driven((minute) => minute * 5_000));
  for (const { vehicleId } of [stuck, wrong]) {
    expect((await ask(vehicleId, `mileage?${range(0, 60)}`)).json).toMatchObject({
      distanceM: 29_500,
      bestM: 29_500,
      bestSource: 'distance',
    });
  }
});

test('steps onto another scale of the odometer do not count, those after them do', async () => {
  const { vehicleId } = await vehicleWith([
    { minute: 0, odometer_m: 1_000 },
    { minute: 1, odometer_m: 1_100 },
    { minute: 2, odometer_m: 1_090, remarks: Remark.odometerRegressed },
    { minute: 3, odometer_m: 1_190 },
    { minute: 4, odometer_m: 900_000, remarks: Remark.odometerReplaced },
    { minute: 5, odometer_m: 900_050 },
    { minute: 6, odometer_m: 5_000_000, doubts: Doubt.clockUnset },
  ]);
  expect((await ask(vehicleId, `mileage?${range(0, 10)}`)).json.odometerM).toBe(250);
});

test('without two readings the odometer says nothing, and a vehicle without a device drove nowhere', async () => {
  const { vehicleId } = await vehicleWith([{ minute: 0, odometer_m: 1_000 }]);
  expect((await ask(vehicleId, `mileage?${range(0, 10)}`)).json).toMatchObject({
    odometerM: null,
    distanceM: 0,
  });
  const before = `from=2025-01-01T00:00:00Z&to=2025-02-01T00:00:00Z`;
  expect((await ask(vehicleId, `mileage?${before}`)).json).toMatchObject({ odometerM: null, positions: 0 });
});

test('mileages of the parts of a range add up to that of the whole', async () => {
  const { vehicleId } = await vehicleWith(
    Array.from({ length: 40 }, (_, step) => ({
      // Silent for thirteen days in between: what came before is looked for further back then.
      minute: step < 20 ? step : 13 * 1_440 + step,
      distance_m: step === 0 ? null : 100,
      odometer_m: 5_000 + step * 101,
    })),
  );
  const end = 20 * 1_440;
  const mileage = async (from: number, to: number) =>
    (await ask(vehicleId, `mileage?${range(from, to)}`)).json;
  const whole = await mileage(0, end);
  expect(whole).toMatchObject({ distanceM: 3_900, odometerM: 3_939, bestM: 3_939 });
  for (const cut of [0.5, 7, 19.5, 1_440, 13 * 1_440 + 30]) {
    const parts = [await mileage(0, cut), await mileage(cut, end)];
    expect(parts.reduce((sum, { distanceM }) => sum + distanceM, 0)).toBe(3_900);
    expect(parts.reduce((sum, { odometerM }) => sum + (odometerM ?? 0), 0)).toBe(3_939);
    expect(parts.reduce((sum, { bestM }) => sum + bestM, 0)).toBe(3_939);
  }
});

test('neither the way of a device to another vehicle nor a change of the device is mileage', async () => {
  const vehicle = await vehicleWith([
    { minute: 0, distance_m: null, odometer_m: 1_000 },
    { minute: 1, distance_m: 100, odometer_m: 1_100 },
    { minute: 6, distance_m: 7_777, odometer_m: 8_877 },
  ]);
  const other = await swapDevice(vehicle, 5);
  await store(other.deviceId, [
    { minute: 4, distance_m: null, odometer_m: 70_000 },
    { minute: 7, distance_m: 44_444, odometer_m: 70_300 },
    { minute: 8, distance_m: 200, odometer_m: 70_500 },
  ]);
  const whole = (await ask(vehicle.vehicleId, `mileage?${range(0, 10)}`)).json;
  expect(whole).toMatchObject({ distanceM: 300, odometerM: 300, positions: 4 });
  // A range that begins after the change, but before its device's first fix in the vehicle.
  const after = (await ask(vehicle.vehicleId, `mileage?${range(6, 10)}`)).json;
  expect(after).toMatchObject({ distanceM: 200, odometerM: 200 });
});

test('a year of mileage is asked for at once, and no more than that', async () => {
  const { vehicleId } = await vehicleWith([]);
  const of = async (days: number) =>
    (await ask(vehicleId, `mileage?from=${at(0)}&to=${new Date(START_MS + days * DAY_MS).toISOString()}`))
      .status;
  expect([await of(400), await of(401)]).toEqual([200, 400]);
});

test('no read gives anything of another operator’s device, even when it is asked for', async () => {
  const { deviceId } = await vehicleWith([
    { minute: 0, odometer_m: 1_000, distance_m: 5, speed_kmh: 7 },
    { minute: 1, odometer_m: 1_100, distance_m: 5, speed_kmh: 7 },
  ]);
  const part = { deviceId, from: new Date(START_MS), to: new Date(START_MS + DAY_MS), limit: 10 };
  const readAs = async (operator: 'north' | 'south') =>
    await asOperator(api.appPool, api.operatorIds[operator], async (connection) => [
      (await positionsOfDevice(connection, { ...part, verdict: 'all' })).length,
      (await trackOfDevice(connection, part)).length,
      (await bucketsOfDevice(connection, ['speed'], { ...part, origin: part.from, bucketMs: DAY_MS })).get(
        'speed',
      ),
      (await partsOfDevice(connection, part)).map(({ positions, steps_m }) => [positions, steps_m]),
      (await lastGoodFix(connection, part))?.getTime(),
      await lastReading(connection, part),
    ]);
  const bucket = {
    startMs: START_MS,
    min: 7,
    max: 7,
    sum: 14,
    count: 2,
    last: 7,
    lastMs: START_MS + MINUTE_MS,
  };
  expect(await readAs('north')).toEqual([2, 2, [bucket], [[2, 100]], START_MS + MINUTE_MS, 1_100]);
  expect(await readAs('south')).toEqual([0, 0, [], [], undefined, null]);
});
