import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { inTransaction } from '@wayleave/runtime/postgres.ts';
import { thresholdsOfDevices } from '@wayleave/telematics/positions/quality/judging-store.ts';
import { defaultThresholds, type ThresholdsView } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, OPERATORS, type OperatorName, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
});
afterAll(async () => await api.close());
beforeEach(async () => {
  for (const operator of OPERATORS) for (const kind of KINDS) await reset(operator, kind);
});

const KINDS = ['motorcycle', 'car', 'van', 'truck'] as const;
const PATH = '/api/v1/settings/quality-thresholds';
const own = {
  maxAheadS: 60,
  maxAccuracyM: 50.5,
  minSatellites: 5,
  maxSpeedKmh: 90.5,
  maxAccelerationMps2: 3.25,
  jumpSlackM: 0,
  frozenOdometerM: 1_000,
  duplicateM: 12.5,
};

const read = async (operator: OperatorName): Promise<ThresholdsView[]> =>
  (await api.request('GET', PATH, { token: await api.tokenOf(operator, 'agent') })).json.items;
const write = async (operator: OperatorName, kind: string, body: unknown) =>
  await api.request('PUT', `${PATH}/${kind}`, { token: await api.tokenOf(operator, 'admin'), body });
const reset = async (operator: OperatorName, kind: string) =>
  await api.request('DELETE', `${PATH}/${kind}`, { token: await api.tokenOf(operator, 'admin') });

const defaults = KINDS.map((kind) => ({ kind, ...defaultThresholds[kind], isDefault: true }));

describe('quality thresholds', () => {
  test('are the defaults of each kind of vehicle until an operator sets its own', async () => {
    expect(await read('north')).toEqual(defaults);
  });

  test('are set for one kind of one operator and read back to the digit', async () => {
    const set = await write('north', 'truck', own);
    expect(set.status).toBe(200);
    expect(set.json).toEqual({ kind: 'truck', ...own, isDefault: false });
    expect(await read('north')).toEqual([...defaults.slice(0, 3), set.json]);
    expect(await read('south')).toEqual(defaults);
  });

  test('are replaced as a whole when they are set again', async () => {
    await write('north', 'car', own);
    const again = { ...own, maxSpeedKmh: 300, minSatellites: 0 };
    await write('north', 'car', again);
    expect((await read('north'))[1]).toEqual({ kind: 'car', ...again, isDefault: false });
  });

  test('go back to the defaults, which is no error when nothing was set, and touch no other operator', async () => {
    await write('north', 'car', own);
    await write('south', 'car', own);
    const expected = { kind: 'car', ...defaultThresholds.car, isDefault: true };
    for (let time = 0; time < 2; time += 1) {
      const answer = await reset('north', 'car');
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual(expected);
    }
    expect(await read('north')).toEqual(defaults);
    expect((await read('south'))[1]).toEqual({ kind: 'car', ...own, isDefault: false });
  });

  test('are what ingest judges the devices in such vehicles by, of this operator alone', async () => {
    const inBoda = {
      north: Number((await makeVehicle(api, 'north')).deviceId),
      south: Number((await makeVehicle(api, 'south')).deviceId),
    };
    await write('north', 'motorcycle', own);
    await write('north', 'car', { ...own, maxSpeedKmh: 300 });
    const spare = 999_999;
    const devices = [
      { deviceId: inBoda.north, operatorId: Number(api.operatorIds.north) },
      { deviceId: inBoda.south, operatorId: Number(api.operatorIds.south) },
      { deviceId: spare, operatorId: Number(api.operatorIds.north) },
    ];
    const judged = await inTransaction(
      api.ingestPool,
      async (connection) => await thresholdsOfDevices(connection, devices),
    );
    expect(judged.get(inBoda.north)).toEqual(own);
    expect(judged.get(inBoda.south)).toEqual(defaultThresholds.motorcycle);
    expect(judged.get(spare)?.maxSpeedKmh).toBe(250);
  });

  test.each([
    { ...own, maxAheadS: -1 },
    { ...own, maxAheadS: 86_401 },
    { ...own, maxAheadS: 1.5 },
    { ...own, maxAccuracyM: 0 },
    { ...own, minSatellites: 21 },
    { ...own, minSatellites: '5' },
    { ...own, maxSpeedKmh: 0 },
    { ...own, maxSpeedKmh: 1_001 },
    { ...own, maxAccelerationMps2: null },
    { ...own, jumpSlackM: -0.1 },
    { ...own, frozenOdometerM: 0 },
    { ...own, duplicateM: 100_001 },
    { ...own, more: 1 },
    { maxSpeedKmh: 100 },
    [],
  ])('%j are refused and change nothing', async (body) => {
    const answer = await write('north', 'car', body);
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('invalid_request');
    expect(await read('north')).toEqual(defaults);
  });

  test.each(['boat', 'Car', 'car%20', '1'])('are not kept for %s, which is no kind', async (kind) => {
    expect((await write('north', kind, own)).status).toBe(404);
    expect((await reset('north', kind)).status).toBe(404);
  });
});
