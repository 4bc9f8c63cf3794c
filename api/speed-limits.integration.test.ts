import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { MAX_SPEED_LIMITS } from '@wayleave/telematics/rules/speed-limits/speed-limit.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';
import { expectDisjoint, expectGapless, rulesChangesDuring, spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
let token: string;
let vehicleId: string;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'admin');
  ({ vehicleId } = await makeVehicle(api, 'north'));
});
afterAll(async () => await api.close());

const PATH = '/api/v1/speed-limits';
const ascending = (a: number, b: number) => a - b;
const put = async (body: unknown) => await api.request('PUT', PATH, { token, body });
const remove = async (id: string) => await api.request('DELETE', `${PATH}/${id}`, { token });
const list = async (): Promise<{ id: string; limitKmh: number }[]> =>
  (await api.request('GET', PATH, { token })).json.items;

test('a limit is set for a kind, a vehicle and a lease, listed, replaced and deleted', async () => {
  expect(await list()).toEqual([]);
  const targets = [
    { scope: 'kind', kind: 'truck' },
    { scope: 'vehicle', vehicleId },
    { scope: 'lease', vehicleId, lease: 'L-2026/17' },
    { scope: 'lease', vehicleId, lease: 'L-2026/18' },
  ];
  const set = [];
  for (const target of targets) set.push(await put({ ...target, limitKmh: 80.5 }));
  expect(set.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(set[2]!.json).toEqual({
    id: expect.any(String),
    scope: 'lease',
    kind: null,
    vehicleId,
    lease: 'L-2026/17',
    limitKmh: 80.5,
    validFrom: expect.any(String),
  });
  expect(set[0]!.json).toMatchObject({ kind: 'truck', vehicleId: null, lease: null });
  expect(await list()).toEqual(set.map(({ json }) => json));

  const replaced = await put({ scope: 'vehicle', vehicleId, limitKmh: 60 });
  expect(replaced.json.limitKmh).toBe(60);
  expect((await list()).map(({ limitKmh }) => limitKmh)).toEqual([80.5, 80.5, 80.5, 60]);
  const old = await remove(set[1]!.json.id);
  expect(old.status).toBe(404);
  expect(old.json.code).toBe('speed_limit_not_found');
  expect((await remove(replaced.json.id)).status).toBe(204);
  expect((await remove(replaced.json.id)).status).toBe(404);
  expect(await list()).toEqual([set[0]!.json, set[2]!.json, set[3]!.json]);
  expectGapless(await spansOf(api, 'speed_limits', { scope: 'vehicle', vehicle_id: vehicleId }));
});

test('a limit that is set as it is changes nothing, and each change is announced', async () => {
  const heard = await rulesChangesDuring(api, async () => {
    const first = await put({ scope: 'kind', kind: 'van', limitKmh: 90 });
    expect((await put({ scope: 'kind', kind: 'van', limitKmh: 90 })).json).toEqual(first.json);
    const second = await put({ scope: 'kind', kind: 'van', limitKmh: 91 });
    await remove(second.json.id);
    await remove(second.json.id);
  });
  expect(heard).toEqual(Array.from({ length: 3 }, () => api.operatorIds.north));
});

test.each([
  { scope: 'kind', kind: 'boat', limitKmh: 80 },
  { scope: 'kind', kind: 'car', vehicleId: '1', limitKmh: 80 },
  { scope: 'vehicle', kind: 'car', limitKmh: 80 },
  { scope: 'lease', vehicleId: '1', limitKmh: 80 },
  { scope: 'lease', vehicleId: '1', lease: '', limitKmh: 80 },
  { scope: 'fleet', limitKmh: 80 },
  { scope: 'kind', kind: 'car', limitKmh: 0 },
  { scope: 'kind', kind: 'car', limitKmh: 401 },
  { scope: 'kind', kind: 'car' },
  [],
])('%j is refused', async (body) => {
  const before = await list();
  const answer = await put(body);
  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe('invalid_request');
  expect(await list()).toEqual(before);
});

test('a vehicle of another operator gets no limit, and a limit of another operator is not there', async () => {
  const south = await makeVehicle(api, 'south');
  const answer = await put({ scope: 'vehicle', vehicleId: south.vehicleId, limitKmh: 50 });
  expect(answer.status).toBe(404);
  expect(answer.json.code).toBe('vehicle_not_found');
  const theirs = await api.request('PUT', PATH, {
    token: await api.tokenOf('south', 'admin'),
    body: { scope: 'vehicle', vehicleId: south.vehicleId, limitKmh: 50 },
  });
  expect((await remove(theirs.json.id)).json.code).toBe('speed_limit_not_found');
  expect((await list()).map(({ id }) => id)).not.toContain(theirs.json.id);
});

test('limits follow one another without a gap when they are set within a second and at once', async () => {
  const target = { scope: 'kind', kind: 'motorcycle' };
  for (let limitKmh = 1; limitKmh <= 4; limitKmh += 1) await put({ ...target, limitKmh });
  const limits = Array.from({ length: 20 }, (_, at) => 100 + at);
  const answers = await Promise.all(limits.map(async (limitKmh) => await put({ ...target, limitKmh })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const spans = await spansOf(api, 'speed_limits', target);
  expect(spans.map(({ row }) => row.limit_kmh as number).sort(ascending)).toEqual(
    [1, 2, 3, 4, ...limits].sort(ascending),
  );
  expectGapless(spans);
  expect(spans.at(-1)!.toMs).toBe(Number.POSITIVE_INFINITY);
});

test('a limit that is set a moment after it was deleted does not overlap with what it was', async () => {
  const target = { scope: 'lease', vehicleId, lease: 'again' };
  for (let round = 0; round < 5; round += 1) {
    const { id } = (await put({ ...target, limitKmh: 70 })).json;
    expect((await remove(id)).status).toBe(204);
  }
  const spans = await spansOf(api, 'speed_limits', { lease: 'again' });
  expect(spans).toHaveLength(5);
  expectDisjoint(spans);
});

test(`an operator has ${MAX_SPEED_LIMITS} limits at the most, and may still replace them`, async () => {
  const { vehicleId: southern } = await makeVehicle(api, 'south');
  const ofSouth = await api.tokenOf('south', 'admin');
  await asOperator(api.appPool, api.operatorIds.south, async (connection) => {
    await connection.query(
      `INSERT INTO speed_limits (operator_id, scope, vehicle_id, lease, limit_kmh)
       SELECT current_operator(), 'lease', $1, 'lease ' || n, 80
       FROM generate_series(1, $2 - (SELECT count(*)::integer FROM speed_limits WHERE valid_to = 'infinity') - 1) n`,
      [southern, MAX_SPEED_LIMITS],
    );
  });
  const setFor = async (lease: string) =>
    await api.request('PUT', PATH, {
      token: ofSouth,
      body: { scope: 'lease', vehicleId: southern, lease, limitKmh: 90 },
    });
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map(setFor));
  expect(answers.map(({ status }) => status).sort(ascending)).toEqual([200, 409, 409, 409]);
  expect(answers.find(({ status }) => status === 409)!.json.code).toBe('too_many_speed_limits');
  expect((await setFor('lease 1')).status).toBe(200);
  const { json } = await api.request('GET', PATH, { token: ofSouth });
  expect(json.items).toHaveLength(MAX_SPEED_LIMITS);
}, 60_000);
