import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { asOperator } from '@wayleave/runtime/postgres.ts';
import { MAX_GROUPS_OF_VEHICLE, MAX_VEHICLE_GROUPS } from '@wayleave/telematics/vehicle-groups/group.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';
import { expectDisjoint, rulesChangesDuring, spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => await api.close());

const PATH = '/api/v1/vehicle-groups';
const ascending = (a: number, b: number) => a - b;
const call = async (method: string, path = '', body?: unknown) =>
  await api.request(method, `${PATH}${path}`, { token, body });
let made = 0;
const make = async (): Promise<string> => {
  made += 1;
  return (await call('POST', '', { name: `Group ${made}` })).json.id;
};
const makeVehicleId = async (operator: OperatorName = 'north', label = 'Boda') =>
  (await makeVehicle(api, operator, { label })).vehicleId;
const membership = async (groupId: string, vehicleId: string) =>
  await spansOf(api, 'vehicle_group_members', { group_id: groupId, vehicle_id: vehicleId });

describe('a group of vehicles', () => {
  test('is made, listed, renamed and deleted, after which its name is free', async () => {
    const answer = await call('POST', '', { name: ' Night shift ' });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: expect.any(String),
      name: 'Night shift',
      vehicles: 0,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const { id } = answer.json;
    expect((await call('GET')).json.items).toContainEqual(answer.json);
    const taken = await call('POST', '', { name: 'Night shift' });
    expect(taken.status).toBe(409);
    expect(taken.json.code).toBe('vehicle_group_name_taken');
    const renamed = await call('PUT', `/${id}`, { name: 'Day shift' });
    expect(renamed.json).toEqual({ ...answer.json, name: 'Day shift' });
    const other = (await call('POST', '', { name: 'Night shift' })).json.id;
    expect((await call('PUT', `/${other}`, { name: 'Day shift' })).json.code).toBe(
      'vehicle_group_name_taken',
    );

    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET')).json.items.map((group: { id: string }) => group.id)).not.toContain(id);
    const vehicleId = await makeVehicleId();
    for (const gone of [
      await call('DELETE', `/${id}`),
      await call('PUT', `/${id}`, { name: 'Back' }),
      await call('GET', `/${id}/vehicles`),
      await call('PUT', `/${id}/vehicles/${vehicleId}`),
      await call('DELETE', `/${id}/vehicles/${vehicleId}`),
    ]) {
      expect(gone.status).toBe(404);
      expect(gone.json.code).toBe('vehicle_group_not_found');
    }
    expect((await call('POST', '', { name: 'Day shift' })).status).toBe(201);
  });

  test.each([{ name: '' }, { name: 'x'.repeat(101) }, { name: 'a\u0007b' }, { name: 'x', more: 1 }, {}])(
    'is refused that is not as documented: %j',
    async (body) => {
      const id = await make();
      for (const answer of [await call('POST', '', body), await call('PUT', `/${id}`, body)]) {
        expect(answer.status).toBe(400);
        expect(answer.json.code).toBe('invalid_request');
      }
    },
  );

  test('comes in pages', async () => {
    for (let more = 0; more < 3; more += 1) await make();
    const all = (await call('GET')).json;
    expect(all.nextCursor).toBeNull();
    const first = (await call('GET', '?limit=2')).json;
    const rest = (await call('GET', `?cursor=${first.nextCursor}`)).json;
    expect([...first.items, ...rest.items]).toEqual(all.items);
  });

  test('for which a geofence holds is not deleted, until the geofence is', async () => {
    const id = await make();
    const vehicleId = await makeVehicleId();
    await call('PUT', `/${id}/vehicles/${vehicleId}`);
    const fence = await api.request('POST', '/api/v1/geofences', {
      token,
      body: {
        name: 'Yard',
        kind: 'territory',
        shape: { type: 'Circle', center: [32, 0], radiusM: 500 },
        groupId: id,
      },
    });
    const refused = await call('DELETE', `/${id}`);
    expect(refused.status).toBe(409);
    expect(refused.json.code).toBe('vehicle_group_has_geofences');
    expect((await call('GET', `/${id}/vehicles`)).json.items).toHaveLength(1);
    await api.request('DELETE', `/api/v1/geofences/${fence.json.id}`, { token });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    const [span] = await membership(id, vehicleId);
    expect(span!.toMs).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test('is never left deleted with a geofence that holds for it, though both come at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await make();
      const body = {
        name: 'Race',
        kind: 'other',
        shape: { type: 'Circle', center: [32, 0], radiusM: 500 },
        groupId: id,
      };
      const [removed, ...fences] = await Promise.all([
        call('DELETE', `/${id}`),
        api.request('POST', '/api/v1/geofences', { token, body }),
        api.request('POST', '/api/v1/geofences', { token, body }),
      ]);
      const held = fences.filter(({ status }) => status === 201).length;
      expect(removed.status).toBe(held === 0 ? 204 : 409);
    }
  });
});

describe('the vehicles of a group', () => {
  test('are put in and taken out, and doing so again changes nothing', async () => {
    const id = await make();
    const [one, two] = [await makeVehicleId('north', 'One'), await makeVehicleId('north', 'Two')];
    const heard = await rulesChangesDuring(api, async () => {
      expect((await call('PUT', `/${id}/vehicles/${two}`)).json).toMatchObject({ id, vehicles: 1 });
      expect((await call('PUT', `/${id}/vehicles/${one}`)).json).toMatchObject({ id, vehicles: 2 });
      expect((await call('PUT', `/${id}/vehicles/${one}`)).json.vehicles).toBe(2);
    });
    expect(heard).toEqual([api.operatorIds.north, api.operatorIds.north]);
    const first = (await call('GET', `/${id}/vehicles?limit=1`)).json;
    expect(first.items).toEqual([
      { id: one, label: 'One', kind: 'motorcycle', plate: null, since: expect.any(String) },
    ]);
    const second = (await call('GET', `/${id}/vehicles?limit=1&cursor=${first.nextCursor}`)).json;
    expect(second.items.map(({ label }: { label: string }) => label)).toEqual(['Two']);
    expect(second.nextCursor).toBeNull();

    expect((await call('DELETE', `/${id}/vehicles/${one}`)).json.vehicles).toBe(1);
    expect((await call('DELETE', `/${id}/vehicles/${one}`)).json.vehicles).toBe(1);
    const spans = await membership(id, one);
    expect(spans).toHaveLength(1);
    expect(spans[0]!.toMs).toBeGreaterThan(spans[0]!.fromMs);
  });

  test('are the operator’s own', async () => {
    const id = await make();
    const foreign = await makeVehicleId('south');
    for (const vehicleId of [foreign, '888888888']) {
      for (const method of ['PUT', 'DELETE']) {
        const answer = await call(method, `/${id}/vehicles/${vehicleId}`);
        expect(answer.status).toBe(404);
        expect(answer.json.code).toBe('vehicle_not_found');
      }
    }
    const theirs = await api.request('POST', PATH, {
      token: await api.tokenOf('south', 'fleet'),
      body: { name: 'Theirs' },
    });
    const answer = await call('PUT', `/${theirs.json.id}/vehicles/${await makeVehicleId()}`);
    expect(answer.status).toBe(404);
    expect(answer.json.code).toBe('vehicle_group_not_found');
    expect((await call('GET', `/${id}/vehicles`)).json.items).toEqual([]);
  });

  test('are in it at most once at any instant, however they are put in and taken out', async () => {
    const id = await make();
    const vehicleId = await makeVehicleId();
    const path = `/${id}/vehicles/${vehicleId}`;
    for (const method of ['PUT', 'DELETE', 'PUT', 'DELETE', 'PUT']) await call(method, path);
    const changes = Array.from({ length: 24 }, (_, at) => (at % 2 === 0 ? 'DELETE' : 'PUT'));
    const answers = await Promise.all(changes.map(async (method) => await call(method, path)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const spans = await membership(id, vehicleId);
    expect(spans.length).toBeGreaterThanOrEqual(3);
    expectDisjoint(spans);
    const running = spans.filter(({ toMs }) => toMs === Number.POSITIVE_INFINITY);
    expect((await call('GET', `/${id}/vehicles`)).json.items).toHaveLength(running.length);
    expect(running.length).toBeLessThanOrEqual(1);
  });
});

test(`an operator has ${MAX_VEHICLE_GROUPS} groups at the most, and a vehicle is in ${MAX_GROUPS_OF_VEHICLE}`, async () => {
  const ofSouth = await api.tokenOf('south', 'fleet');
  const groups = await asOperator(api.appPool, api.operatorIds.south, async (connection) => {
    const { rows } = await connection.query<{ id: string }>(
      `INSERT INTO vehicle_groups (operator_id, name)
       SELECT current_operator(), 'g' || n
       FROM generate_series(1, $1 - (SELECT count(*)::integer FROM vehicle_groups) - 1) n RETURNING id`,
      [MAX_VEHICLE_GROUPS],
    );
    return rows.map(({ id }) => id);
  });
  const names = ['one', 'two', 'three', 'four'];
  const answers = await Promise.all(
    names.map(async (name) => await api.request('POST', PATH, { token: ofSouth, body: { name } })),
  );
  expect(answers.map(({ status }) => status).sort(ascending)).toEqual([201, 409, 409, 409]);
  expect(answers.find(({ status }) => status === 409)!.json.code).toBe('too_many_vehicle_groups');

  const vehicleId = await makeVehicleId('south');
  const joining = groups.slice(0, MAX_GROUPS_OF_VEHICLE + 3);
  const joined = await Promise.all(
    joining.map(
      async (id) => await api.request('PUT', `${PATH}/${id}/vehicles/${vehicleId}`, { token: ofSouth }),
    ),
  );
  expect(joined.filter(({ status }) => status === 200)).toHaveLength(MAX_GROUPS_OF_VEHICLE);
  const refused = joined.find(({ status }) => status === 409)!;
  expect(refused.json.code).toBe('too_many_groups_of_vehicle');
});
