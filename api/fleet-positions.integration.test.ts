import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { makeVehicle, publishFixes, storeFixes, type TestVehicle } from './test/fleet-under-test.ts';

const NOW_MS = Date.parse('2026-11-05T10:00:00Z');
const HOLD_MS = 400;

let api: ApiUnderTest;
let own: Record<OperatorName, TestVehicle>;
beforeAll(async () => {
  api = await startApi({
    database: await createTestDatabase(),
    redis: await createTestRedis(),
    live: { holdFleetMs: HOLD_MS },
  });
  own = { north: await makeVehicle(api, 'north'), south: await makeVehicle(api, 'south') };
  await makeVehicle(api, 'north', { label: 'Never heard of' });
  for (const operator of ['north', 'south'] as const) {
    await storeFixes(api, operator, [{ deviceId: own[operator].deviceId, fixTimeMs: NOW_MS }]);
  }
});
afterAll(async () => await api.close());

const fleet = async (operator: OperatorName, headers: Record<string, string> = {}) =>
  await api.request('GET', '/api/v1/fleet/positions', {
    token: await api.tokenOf(operator, 'agent'),
    headers,
  });

async function becomes(holds: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come to be');
}

test('the fleet is every vehicle with a position of the operator and of no other', async () => {
  const { json, headers, status } = await fleet('north');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(json.items).toEqual([
    {
      vehicleId: own.north.vehicleId,
      label: 'Boda',
      kind: 'motorcycle',
      plate: null,
      deviceId: own.north.deviceId,
      fixTime: new Date(NOW_MS).toISOString(),
      receivedAt: new Date(NOW_MS + 250).toISOString(),
      lat: 0.35,
      lon: 32.58,
      speedKmh: 36,
      headingDeg: null,
      ignition: true,
      alarm: null,
    },
  ]);
  expect((await fleet('south')).json.items.map(({ vehicleId }: any) => vehicleId)).toEqual([
    own.south.vehicleId,
  ]);
});

test('while nothing changes its tag says so, and a published position is in the next answer', async () => {
  const first = await fleet('north');
  const etag = first.headers.get('etag')!;
  const same = await fleet('north', { 'if-none-match': `"other", ${etag}` });
  expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
  await publishFixes(api, 'north', [{ deviceId: own.north.deviceId, fixTimeMs: NOW_MS + 1_000, lat: 0.36 }]);
  await becomes(async () => (await fleet('north', { 'if-none-match': etag })).status === 200);
  const { json } = await fleet('north');
  expect(json.items[0]).toMatchObject({ lat: 0.36, fixTime: new Date(NOW_MS + 1_000).toISOString() });
});

test('a vehicle that was added is in the fleet soon', async () => {
  const added = await makeVehicle(api, 'south', { label: 'New' });
  await storeFixes(api, 'south', [{ deviceId: added.deviceId, fixTimeMs: NOW_MS }]);
  await becomes(async () => (await fleet('south')).json.items.some(({ label }: any) => label === 'New'));
});

test('a feed that nobody asks for any more is let go, and read again by the next who asks', async () => {
  await fleet('north');
  const subscribed = async () =>
    ((await api.redis.pubsub('NUMSUB', `live:${api.operatorIds.north}`)) as [string, number])[1];
  expect(await subscribed()).toBe(1);
  await becomes(async () => (await subscribed()) === 0);
  await storeFixes(api, 'north', [{ deviceId: own.north.deviceId, fixTimeMs: NOW_MS + 5_000, lat: 0.4 }]);
  expect((await fleet('north')).json.items[0].lat).toBe(0.4);
});

test('who asks while others watch or ask gets the same fleet from one reading', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, async () => await fleet('north')));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});
