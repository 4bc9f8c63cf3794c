import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import type { GeofenceView } from '@wayleave/telematics/geofences/geofence.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { collection, feature, polygon, squareRing } from './test/geojson-under-test.ts';

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
const write = async (format: string, query = '') =>
  await api.request('GET', `${PATH}/export?format=${format}${query}`, { token });

/** What a geofence is, without what every import makes anew. */
const essence = ({ id: _id, version: _version, validFrom: _validFrom, ...rest }: GeofenceView) => rest;

describe('an export', () => {
  const schedule = {
    start: '2026-01-05T08:00:00',
    durationS: 36_000,
    rrule: 'FREQ=WEEKLY;BYDAY=MO',
    exdates: ['2026-01-12T08:00:00'],
    timeZone: 'Africa/Kampala',
  };
  const fences = [
    {
      name: 'Circle <&"\'> ☂',
      kind: 'home',
      shape: { type: 'Circle', center: [32.581234567, 0.341234567], radiusM: 512.5 },
      dwellS: 60,
    },
    {
      name: 'Ring, with a hole; and more',
      kind: 'territory',
      shape: {
        type: 'Polygon',
        coordinates: [
          squareRing(32),
          [
            [32.2, 0.2],
            [32.2, 0.4],
            [32.4, 0.4],
            [32.4, 0.2],
            [32.2, 0.2],
          ],
        ],
      },
      schedule,
    },
    {
      name: 'Two',
      kind: 'low_speed',
      speedLimitKmh: 30.5,
      shape: { type: 'MultiPolygon', coordinates: [[squareRing(10)], [squareRing(20)]] },
    },
    {
      name: 'Road',
      kind: 'border',
      shape: {
        type: 'Corridor',
        line: [
          [32.1, 0.1],
          [32.2, 0.15],
          [32.3, 0.1],
        ],
        widthM: 120,
      },
    },
  ];
  const make = async (fields: object) => {
    const answer = await api.request('POST', PATH, { token, body: fields });
    expect(answer.status).toBe(201);
  };

  test.each([
    ['geojson', 'application/geo+json'],
    ['kml', 'application/vnd.google-earth.kml+xml'],
    ['wkt', 'text/plain; charset=utf-8'],
  ])('as %s is an attachment that an import takes', async (format, contentType) => {
    for (const fence of fences) await make(fence);
    const before = await list();
    const file = await write(format);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe(contentType);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="geofences.${format}"`);
    await owner.query('TRUNCATE geofences CASCADE');
    const { created, refused } = (await load({ format, text: file.text })).json;
    expect(refused).toEqual([]);
    expect(created.map(essence)).toEqual(before.map(essence));
  });

  test('of nothing is a file of its format', async () => {
    expect(JSON.parse((await write('geojson')).text)).toEqual({ type: 'FeatureCollection', features: [] });
    for (const format of ['geojson', 'kml', 'wkt']) expect((await write(format)).status).toBe(200);
  });

  test('of many comes whole, in their order, and as filtered, and without what is another operator’s', async () => {
    const features = Array.from({ length: 1_200 }, (_, at) =>
      feature(`F${at}`, polygon(at % 170), { kind: at % 3 === 0 ? 'depot' : 'home' }),
    );
    await load({ format: 'geojson', text: collection(features) });
    const namesIn = (text: string): string[] =>
      JSON.parse(text).features.map(({ properties }: { properties: { name: string } }) => properties.name);
    expect(namesIn((await write('geojson')).text)).toEqual(features.map(({ properties }) => properties.name));
    const depots = namesIn((await write('geojson', '&kind=depot')).text);
    expect(depots).toHaveLength(400);
    expect(depots[1]).toBe('F3');
    const southern = await api.request('GET', `${PATH}/export?format=geojson`, {
      token: await api.tokenOf('south', 'fleet'),
    });
    expect(namesIn(southern.text)).toEqual([]);
  });

  test('is asked for by its format, and its headers alone by HEAD', async () => {
    expect((await api.request('GET', `${PATH}/export`, { token })).status).toBe(400);
    expect((await write('shp')).json.code).toBe('invalid_request');
    const head = await api.request('HEAD', `${PATH}/export?format=kml`, { token });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-type')).toBe('application/vnd.google-earth.kml+xml');
    expect(head.text).toBe('');
  });
});
