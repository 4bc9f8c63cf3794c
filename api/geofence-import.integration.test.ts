import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { MAX_IMPORT_FEATURES } from '@wayleave/telematics/geofences/formats/format.ts';
import type { GeofenceView } from '@wayleave/telematics/geofences/geofence.ts';
import { MAX_GEOFENCES } from '@wayleave/telematics/geofences/service.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IMPORT_LIMITS } from './geofence-import/import-reader.ts';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle } from './test/fleet-under-test.ts';
import { collection, feature, polygon } from './test/geojson-under-test.ts';
import { expectGapless, rulesChangesDuring, spansOf } from './test/versions-under-test.ts';

let api: ApiUnderTest;
let owner: pg.Client;
let token: string;
beforeAll(async () => {
  const database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  api = await startApi({ database, redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => {
  await owner.end();
  await api.close();
});
beforeEach(async () => void (await owner.query('TRUNCATE geofences CASCADE')));

const PATH = '/api/v1/geofences';
const load = async (body: object, headers: Record<string, string> = {}) =>
  await api.request('POST', `${PATH}/import`, { token, body: { kind: 'other', ...body }, headers });
const list = async (): Promise<GeofenceView[]> =>
  (await api.request('GET', `${PATH}?limit=1000`, { token })).json.items;

const bowTie = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  ],
};

describe('an import', () => {
  test('makes the features that are good and tells of each other one why it is not', async () => {
    const { vehicleId } = await makeVehicle(api, 'north');
    const text = collection([
      feature('Depot', polygon(32), { kind: 'depot', dwellS: 600 }),
      feature('Twisted', bowTie),
      feature('Road', {
        type: 'LineString',
        coordinates: [
          [32, 0],
          [33, 0],
        ],
      }),
      feature('Place', { type: 'Point', coordinates: [32, 0] }, { radiusM: 50 }),
      feature('Slow', polygon(33), { kind: 'low_speed' }),
      feature('Nowhere', polygon(500)),
      feature('Yard', polygon(34)),
    ]);
    const answer = await load({ format: 'geojson', text, vehicleId, corridorWidthM: 80 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { created, refused } = answer.json;
    expect(created).toMatchObject([
      { name: 'Depot', kind: 'depot', dwellS: 600, shape: polygon(32), version: 1, vehicleId },
      { name: 'Road', kind: 'other', shape: { type: 'Corridor', widthM: 80 }, vehicleId },
      { name: 'Place', kind: 'other', shape: { type: 'Circle', radiusM: 50 }, vehicleId },
      { name: 'Yard', kind: 'other', shape: polygon(34), vehicleId },
    ]);
    expect(refused).toEqual([
      { index: 1, name: 'Twisted', code: 'shape_self_crossing', detail: expect.stringContaining('0.5') },
      { index: 4, name: 'Slow', code: 'geofence_limit_missing', detail: expect.any(String) },
      { index: 5, name: 'Nowhere', code: 'shape_out_of_range', detail: expect.any(String) },
    ]);
    expect(await list()).toEqual(created);
  });

  test('of WKT reads latitude first where it is told to, as Traccar writes it', async () => {
    const text = 'CIRCLE (0.34 32.58, 500)\nLINESTRING (0.3 32.5, 0.4 32.6)';
    const { created, refused } = (await load({ format: 'wkt', text, isLatLon: true, corridorWidthM: 50 }))
      .json;
    expect(refused).toEqual([]);
    expect(created.map(({ shape }: GeofenceView) => shape)).toEqual([
      { type: 'Circle', center: [32.58, 0.34], radiusM: 500 },
      {
        type: 'Corridor',
        line: [
          [32.5, 0.3],
          [32.6, 0.4],
        ],
        widthM: 50,
      },
    ]);
  });

  test('that is repeated under its idempotency key makes nothing again', async () => {
    const body = { format: 'geojson', text: collection([feature('A', polygon(1)), feature('X', bowTie)]) };
    const headers = { 'idempotency-key': 'import-1' };
    const first = await load(body, headers);
    expect((await load(body, headers)).json).toEqual(first.json);
    expect((await list()).map(({ name }) => name)).toEqual(['A']);
    const other = await load({ ...body, kind: 'depot' }, headers);
    expect(other.json.code).toBe('idempotency_key_reused');
  });

  test('of thousands holds from one instant on, is announced before, and takes no more than its bound', async () => {
    const features = Array.from({ length: MAX_IMPORT_FEATURES }, (_, at) =>
      feature(`F${at}`, { type: 'Point', coordinates: [at / 1_000, 0] }),
    );
    let finishedMs = Number.POSITIVE_INFINITY;
    const heard = await rulesChangesDuring(api, async () => {
      const answer = await load({ format: 'geojson', text: collection(features), pointRadiusM: 100 });
      finishedMs = Date.now();
      expect(answer.json.created).toHaveLength(MAX_IMPORT_FEATURES);
    });
    expect(heard).toEqual([api.operatorIds.north]);
    const spans = await spansOf(api, 'geofence_versions', { operator_id: api.operatorIds.north });
    const starts = new Set(spans.map(({ fromMs }) => fromMs));
    expect(starts.size).toBe(1);
    expect([...starts][0]).toBeGreaterThan(finishedMs - 500);
    const names = spans.map(({ row }) => row.name);
    expect(names).toEqual(features.map(({ properties }) => properties.name));

    const more = collection([...features, feature('One more', polygon(1))]);
    const refused = await load({ format: 'geojson', text: more, pointRadiusM: 100 });
    expect(refused.status).toBe(422);
    expect(refused.json.code).toBe('import_too_many_features');
  }, 30_000);

  test('is edited before it holds without a gap', async () => {
    const features = Array.from({ length: 2_000 }, (_, at) => feature(`F${at}`, polygon(at % 170)));
    const { created } = (await load({ format: 'geojson', text: collection(features) })).json;
    const { id, validFrom } = created[0];
    const body = { name: 'Edited', kind: 'other', shape: polygon(1) };
    const edited = await api.request('PUT', `${PATH}/${id}`, { token, body });
    expect(edited.json.version).toBe(2);
    expect(edited.json.validFrom >= validFrom).toBe(true);
    const spans = await spansOf(api, 'geofence_versions', { geofence_id: id });
    expect(spans).toHaveLength(2);
    expectGapless(spans);
  }, 30_000);

  test.each([
    ['a file that is none', { format: 'geojson', text: '{' }, 422, 'import_unreadable'],
    ['a file that is empty', { format: 'geojson', text: '' }, 400, 'invalid_request'],
    ['a format that is not read', { format: 'shp', text: 'x' }, 400, 'invalid_request'],
    ['a kind that is none', { format: 'geojson', text: '{}', kind: 'garage' }, 400, 'invalid_request'],
    [
      'a group that is not there',
      { format: 'geojson', text: collection([feature('A', polygon(1))]), groupId: '888888888' },
      404,
      'vehicle_group_not_found',
    ],
    [
      'a group and a vehicle at once',
      { format: 'geojson', text: collection([feature('A', polygon(1))]), groupId: '1', vehicleId: '1' },
      422,
      'geofence_attached_twice',
    ],
    ['more than five megabytes', { format: 'geojson', text: ' '.repeat(5 * 2 ** 20) }, 413, 'body_too_large'],
  ])('of %s is refused as a whole', async (_what, body, status, code) => {
    const answer = await load(body);
    expect(answer.status).toBe(status);
    expect(answer.json.code).toBe(code);
    expect(await list()).toEqual([]);
  });

  test('is refused what the operator has no room for, and keeps the rest', async () => {
    await owner.query('SET session_replication_role = replica');
    await owner.query(
      `WITH made AS (
         INSERT INTO geofences (operator_id) SELECT $1 FROM generate_series(1, $2::integer) RETURNING id
       )
       INSERT INTO geofence_versions (operator_id, geofence_id, version, name, kind, shape)
       SELECT $1, id, 1, 'x', 'other', '{"type": "Circle", "center": [1, 1], "radiusM": 1}' FROM made`,
      [api.operatorIds.north, MAX_GEOFENCES - 2],
    );
    await owner.query('SET session_replication_role = origin');
    const names = ['A', 'B', 'C', 'D'];
    const { json } = await load({
      format: 'geojson',
      text: collection(names.map((name, at) => feature(name, polygon(at)))),
    });
    expect(json.created.map(({ name }: GeofenceView) => name)).toEqual(['A', 'B']);
    expect(json.refused).toMatchObject([
      { index: 2, name: 'C', code: 'too_many_geofences' },
      { index: 3, name: 'D', code: 'too_many_geofences' },
    ]);
  }, 60_000);

  test('is one of an operator at a time, and few of all', async () => {
    const text = collection(Array.from({ length: 200 }, (_, at) => feature(`F${at}`, polygon(at % 170))));
    const answers = await Promise.all(
      Array.from({ length: 4 }, async () => await load({ format: 'geojson', text })),
    );
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]!.json.code).toBe('imports_busy');
    expect(busy[0]!.headers.get('retry-after')).toBe(String(IMPORT_LIMITS.retryAfterS));
    const made = answers.filter(({ status }) => status === 200).length;
    expect(made + busy.length).toBe(4);
    expect(await list()).toHaveLength(made * 200);
    expect((await load({ format: 'geojson', text })).status).toBe(200);
  });
});
