import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { MAX_GEOFENCES } from '@wayleave/telematics/geofences/service.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';
import { circle, depot, ringOf, square } from './test/geofences-under-test.ts';
import { spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
let databaseUrl: string;
let token: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  databaseUrl = database.url;
  api = await startApi({ database, redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => await api.close());

const PATH = '/api/v1/geofences';
const ascending = (a: number, b: number) => a - b;
const get = async (path = '') => await api.request('GET', `${PATH}${path}`, { token });
const post = async (body: unknown, headers: Record<string, string> = {}) =>
  await api.request('POST', PATH, { token, body, headers });
const put = async (id: string, body: unknown) => await api.request('PUT', `${PATH}/${id}`, { token, body });
const remove = async (id: string) => await api.request('DELETE', `${PATH}/${id}`, { token });

const make = async (fields: object = {}): Promise<string> => (await post({ ...depot, ...fields })).json.id;

const spansOfFence = async (id: string) => await spansOf(api, 'geofence_versions', { geofence_id: id });
const namesOf = (page: { json: { items: { name: string }[] } }) => page.json.items.map(({ name }) => name);

describe('a geofence', () => {
  test('is made, read, replaced, deleted, and its versions stay', async () => {
    const schedule = {
      start: '2026-01-05T08:00:00',
      durationS: 36_000,
      rrule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
      exdates: [],
      timeZone: 'Africa/Kampala',
    };
    const before = Date.now();
    const made = await post({ ...depot, schedule, speedLimitKmh: 20.5, dwellS: 600 });
    expect(made.status).toBe(201);
    expect(made.json).toEqual({
      id: expect.any(String),
      version: 1,
      ...depot,
      groupId: null,
      vehicleId: null,
      schedule,
      speedLimitKmh: 20.5,
      dwellS: 600,
      validFrom: expect.any(String),
      validTo: null,
    });
    const { id } = made.json;
    // The clock of the database is this machine's.
    expect(Date.parse(made.json.validFrom)).toBeGreaterThanOrEqual(before + 1_000);
    expect(Date.parse(made.json.validFrom)).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await get(`/${id}`)).json).toEqual(made.json);

    const replaced = await put(id, { ...depot, name: 'Yard', shape: square });
    expect(replaced.status).toBe(200);
    expect(replaced.json).toMatchObject({
      version: 2,
      name: 'Yard',
      schedule: null,
      dwellS: null,
      validTo: null,
    });
    expect((await get(`/${id}`)).json).toEqual(replaced.json);

    const removed = await remove(id);
    expect(removed.status).toBe(204);
    expect(removed.text).toBe('');
    for (const answer of [await get(`/${id}`), await put(id, depot), await remove(id)]) {
      expect(answer.status).toBe(404);
      expect(answer.json.code).toBe('geofence_not_found');
    }
    const versions = (await get(`/${id}/versions`)).json;
    expect(versions.nextCursor).toBeNull();
    expect(versions.items).toEqual([
      { ...replaced.json, validTo: expect.any(String) },
      { ...made.json, validTo: replaced.json.validFrom },
    ]);
    expect(Date.parse(versions.items[0].validTo)).toBeGreaterThan(Date.parse(replaced.json.validFrom));
  });

  test('is made once under an idempotency key', async () => {
    const headers = { 'idempotency-key': 'fence-1' };
    const made = await post({ ...depot, name: 'Once' }, headers);
    expect((await post({ ...depot, name: 'Once' }, headers)).json).toEqual(made.json);
    expect(namesOf(await get('?search=once'))).toEqual(['Once']);
    expect((await post({ ...depot, name: 'Twice' }, headers)).json.code).toBe('idempotency_key_reused');
  });

  test('of ten thousand vertices is taken and given back to the last digit', async () => {
    const shape = { type: 'Polygon', coordinates: [ringOf(10_000)] };
    const made = await post({ ...depot, shape });
    expect(made.status).toBe(201);
    expect(made.json.shape).toEqual(shape);
    expect((await get(`/${made.json.id}`)).json.shape).toEqual(shape);
    const indented = JSON.stringify({ ...depot, name: 'Indented', shape }, null, 2);
    expect(indented.length).toBeGreaterThan(700_000);
    expect((await put(made.json.id, indented)).status).toBe(200);
    const large = await post({ ...depot, name: 'x'.repeat(2 * 2 ** 20) });
    expect(large.status).toBe(413);
    expect(large.json.code).toBe('body_too_large');
  });

  test.each([
    { ...depot, name: ' ' },
    { ...depot, kind: 'garage' },
    { ...depot, shape: { ...circle, radiusM: 0 } },
    { ...depot, shape: { type: 'Point', coordinates: [1, 2] } },
    { ...depot, speedLimitKmh: 0 },
    { ...depot, dwellS: 1.5 },
    { ...depot, groupId: 'x' },
    { ...depot, more: 1 },
    { name: 'x' },
  ])('that is not as documented is refused: %j', async (body) => {
    const id = await make();
    for (const answer of [await post(body), await put(id, body)]) {
      expect(answer.status).toBe(400);
      expect(answer.json.code).toBe('invalid_request');
    }
    expect((await get(`/${id}`)).json).toMatchObject({ ...depot, version: 1 });
  });

  test('of low speed needs its limit', async () => {
    const answer = await post({ ...depot, kind: 'low_speed' });
    expect(answer.status).toBe(422);
    expect(answer.json.code).toBe('geofence_limit_missing');
    expect((await post({ ...depot, kind: 'low_speed', speedLimitKmh: 20 })).status).toBe(201);
  });

  test('with a shape or a schedule that makes no sense is refused with what is wrong, and changes nothing', async () => {
    const id = await make();
    const bowTie = [
      [32, 0],
      [33, 1],
      [33, 0],
      [32, 1],
      [32, 0],
    ];
    const schedule = { start: '2026-01-05T08:00:00', durationS: 60, rrule: null, timeZone: 'Mars/Olympus' };
    for (const [fields, code] of [
      [{ shape: { type: 'Polygon', coordinates: [bowTie] } }, 'shape_self_crossing'],
      [{ shape: { type: 'Polygon', coordinates: [ringOf(10_001)] } }, 'shape_too_many_vertices'],
      [{ schedule }, 'schedule_invalid'],
      [{ schedule: { ...schedule, timeZone: 'UTC', rrule: 'FREQ=SECONDLY' } }, 'schedule_invalid'],
    ] as const) {
      for (const answer of [await post({ ...depot, ...fields }), await put(id, { ...depot, ...fields })]) {
        expect(answer.status).toBe(422);
        expect(answer.json.code).toBe(code);
      }
    }
    expect((await get(`/${id}`)).json).toMatchObject({ ...depot, version: 1 });
  });

  test('across the antimeridian is stored in two parts, and is the same when it comes again either way', async () => {
    const shape = {
      type: 'Polygon',
      coordinates: [
        [
          [179, -17],
          [181, -17],
          [181, -16],
          [179, -16],
        ],
      ],
    };
    const made = await post({ ...depot, shape });
    expect(made.json.shape.type).toBe('MultiPolygon');
    expect(made.json.shape.coordinates).toHaveLength(2);
    const { id } = made.json;
    expect((await put(id, { ...depot, shape })).json).toEqual(made.json);
    expect((await put(id, { ...depot, shape: made.json.shape })).json).toEqual(made.json);
  });

  test('holds for a group, for a vehicle, or for all, of its own operator', async () => {
    const group = (name: string, operator: 'north' | 'south') => async () =>
      (
        await api.request('POST', '/api/v1/vehicle-groups', {
          token: await api.tokenOf(operator, 'fleet'),
          body: { name },
        })
      ).json.id as string;
    const groupId = await group('Night shift', 'north')();
    const foreignGroupId = await group('Theirs', 'south')();
    const { vehicleId } = await makeVehicle(api, 'north');
    const foreign = await makeVehicle(api, 'south');
    const id = await make({ groupId });
    expect((await get(`/${id}`)).json).toMatchObject({ groupId, vehicleId: null });
    expect((await put(id, { ...depot, vehicleId })).json).toMatchObject({ groupId: null, vehicleId });
    for (const [attached, status, code] of [
      [{ groupId, vehicleId }, 422, 'geofence_attached_twice'],
      [{ groupId: foreignGroupId }, 404, 'vehicle_group_not_found'],
      [{ groupId: '888888888' }, 404, 'vehicle_group_not_found'],
      [{ vehicleId: foreign.vehicleId }, 404, 'vehicle_not_found'],
    ] as const) {
      for (const answer of [
        await post({ ...depot, ...attached }),
        await put(id, { ...depot, ...attached }),
      ]) {
        expect(answer.status).toBe(status);
        expect(answer.json.code).toBe(code);
      }
    }
    expect(await spansOfFence(id)).toHaveLength(2);
  });
});

describe('the list of geofences', () => {
  test('is filtered by kind, group, vehicle and name', async () => {
    const { vehicleId } = await makeVehicle(api, 'north');
    const groupId: string = (
      await api.request('POST', '/api/v1/vehicle-groups', { token, body: { name: 'Listed' } })
    ).json.id;
    await make({ name: 'Filter 100% Home', kind: 'home', vehicleId });
    await make({ name: 'Filter Forbidden', kind: 'forbidden', groupId });
    await make({ name: 'Filter Border', kind: 'border' });
    expect(namesOf(await get('?search=FILTER'))).toEqual([
      'Filter 100% Home',
      'Filter Forbidden',
      'Filter Border',
    ]);
    expect(namesOf(await get('?search=filter&kind=border'))).toEqual(['Filter Border']);
    expect(namesOf(await get(`?vehicleId=${vehicleId}`))).toEqual(['Filter 100% Home']);
    expect(namesOf(await get(`?groupId=${groupId}`))).toEqual(['Filter Forbidden']);
    expect(namesOf(await get('?search=100%25'))).toEqual(['Filter 100% Home']);
    expect(namesOf(await get('?search=r_F'))).toEqual([]);
    expect((await get('?kind=garage')).status).toBe(400);
  });

  test('comes in pages that follow one another, whatever is deleted in between', async () => {
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.push(await make({ name: `Paged ${made}` }));
    const first = (await get('?search=paged&limit=2')).json;
    expect(namesOf({ json: first })).toEqual(['Paged 0', 'Paged 1']);
    await remove(ids[1]!);
    await remove(ids[2]!);
    const second = (await get(`?search=paged&limit=2&cursor=${first.nextCursor}`)).json;
    expect(namesOf({ json: second })).toEqual(['Paged 3', 'Paged 4']);
    expect(second.nextCursor).toBeNull();
    expect(
      (await api.request('GET', `/api/v1/vehicles?cursor=${first.nextCursor}`, { token })).json.code,
    ).toBe('bad_cursor');
  });

  test('ends a page early where shapes are large, and leaves none out', async () => {
    const shape = { type: 'Polygon', coordinates: [ringOf(10_000)] };
    const names = Array.from({ length: 14 }, (_, at) => `Large ${at}`);
    for (const name of names) await make({ name, shape });
    const first = await get('?search=large&limit=1000');
    expect(first.json.items.length).toBeLessThan(14);
    expect(first.text.length).toBeLessThan(5 * 2 ** 20);
    const second = await get(`?search=large&limit=1000&cursor=${first.json.nextCursor}`);
    expect(second.json.nextCursor).toBeNull();
    expect([...namesOf(first), ...namesOf(second)]).toEqual(names);
  });
});

test(`an operator has ${MAX_GEOFENCES} geofences at the most, however many are made at once`, async () => {
  const ofSouth = await api.tokenOf('south', 'fleet');
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  // Their foreign keys and announcements are not what this is about, and take many seconds.
  await owner.query('SET session_replication_role = replica');
  await owner.query(
    `WITH made AS (
       INSERT INTO geofences (operator_id) SELECT $1 FROM generate_series(1, $2::integer) RETURNING id
     )
     INSERT INTO geofence_versions (operator_id, geofence_id, version, name, kind, shape)
     SELECT $1, id, 1, 'x', 'other', $3 FROM made`,
    [api.operatorIds.south, MAX_GEOFENCES - 2, JSON.stringify(circle)],
  );
  await owner.end();
  const makeSouthern = async () => await api.request('POST', PATH, { token: ofSouth, body: depot });
  const answers = await Promise.all(Array.from({ length: 6 }, makeSouthern));
  expect(answers.map(({ status }) => status).sort(ascending)).toEqual([201, 201, 409, 409, 409, 409]);
  expect(answers.find(({ status }) => status === 409)!.json.code).toBe('too_many_geofences');
  const { id } = answers.find(({ status }) => status === 201)!.json;
  expect((await api.request('DELETE', `${PATH}/${id}`, { token: ofSouth })).status).toBe(204);
  expect((await makeSouthern()).status).toBe(201);
}, 120_000);
