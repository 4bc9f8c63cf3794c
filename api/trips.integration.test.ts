import { randomUUID } from 'node:crypto';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle, type TestVehicle } from './test/fleet-under-test.ts';
import { storeJudged } from './test/judged-fixes.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-10-05T00:00:00Z');

let api: ApiUnderTest;
let token: string;
let jobs: Pool;
beforeAll(async () => {
  const database = await createTestDatabase();
  jobs = createPool({
    url: database.url,
    role: 'wayleave_jobs',
    log: createLog('test', 'fatal'),
    maxConnections: 1,
  });
  api = await startApi({ database, redis: await createTestRedis() });
  token = await api.tokenOf('north', 'agent');
});
afterAll(async () => {
  await jobs.end();
  await api.close();
});

const atHour = (hour: number) => new Date(START_MS + hour * HOUR_MS).toISOString();
const range = (fromHour: number, toHour: number) => `from=${atHour(fromHour)}&to=${atHour(toHour)}`;
const ask = async (vehicleId: string, path: string) =>
  await api.request('GET', `/api/v1/vehicles/${vehicleId}/${path}`, { token });

/** As ingest records them. */
async function storeTrip(
  { vehicleId, deviceId }: TestVehicle,
  kind: 'trip' | 'stop',
  fromHour: number,
  toHour: number | null,
): Promise<void> {
  const end = toHour === null ? null : { lat: 0.4, lon: 32.6 };
  await api.ingestPool.query(
    `INSERT INTO trips (id, operator_id, device_id, vehicle_id, kind, started_at, confirmed_at, ended_at, settled_at, start_lat, start_lon, details)
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, 0.35, 32.58, $8)`,
    [
      randomUUID(),
      api.operatorIds.north,
      deviceId,
      vehicleId,
      kind,
      atHour(fromHour),
      toHour === null ? null : atHour(toHour),
      JSON.stringify({ distanceM: 1_234.5, durationS: 60, gap: null, end }),
    ],
  );
}

test('trips and stops come in order, whole, with their figures and places', async () => {
  const vehicle = await makeVehicle(api, 'north');
  await storeTrip(vehicle, 'trip', 1, 2);
  await storeTrip(vehicle, 'stop', 2, null);
  const { status, json } = await ask(vehicle.vehicleId, `trips?${range(1.5, 3)}`);
  expect(status).toBe(200);
  expect(json).toEqual({
    items: [
      {
        id: expect.any(String),
        kind: 'trip',
        deviceId: vehicle.deviceId,
        startedAt: atHour(1),
        confirmedAt: atHour(1),
        endedAt: atHour(2),
        start: { lat: 0.35, lon: 32.58 },
        end: { lat: 0.4, lon: 32.6 },
        details: { distanceM: 1_234.5, durationS: 60, gap: null },
      },
      expect.objectContaining({ kind: 'stop', startedAt: atHour(2), endedAt: null, end: null }),
    ],
    nextCursor: null,
  });
});

test('pages follow one another without a gap or a repetition, also of one kind', async () => {
  const vehicle = await makeVehicle(api, 'north');
  for (let hour = 0; hour < 9; hour += 1)
    await storeTrip(vehicle, hour % 2 === 0 ? 'trip' : 'stop', hour, hour + 1);
  const walk = async (query: string) => {
    const started: string[] = [];
    for (let cursor = ''; ; ) {
      const { json } = await ask(vehicle.vehicleId, `trips?${range(0, 24)}&limit=2${query}${cursor}`);
      started.push(...json.items.map((trip: { startedAt: string }) => trip.startedAt));
      if (json.nextCursor === null) return started;
      cursor = `&cursor=${json.nextCursor}`;
    }
  };
  expect(await walk('')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(atHour));
  expect(await walk('&kind=stop')).toEqual([1, 3, 5, 7].map(atHour));
});

test.each([
  ['trips', 'cursor=nonsense', 'bad_cursor'],
  ['trips', range(5, 5), 'empty_time_range'],
  ['trips', 'kind=journey', 'invalid_request'],
  ['days', 'from=2026-10-06&to=2026-10-05', 'days_reversed'],
  ['days', 'from=2020-01-01&to=2026-10-05', 'too_many_days'],
  ['days', 'from=yesterday', 'invalid_request'],
])('%s with %s are refused', async (what, query, code) => {
  const { vehicleId } = await makeVehicle(api, 'north');
  const { status, json } = await ask(vehicleId, `${what}?${query}`);
  expect([status, json.code]).toEqual([400, code]);
});

test('another operator’s vehicle has neither trips nor days', async () => {
  const { vehicleId } = await makeVehicle(api, 'south');
  for (const what of ['trips', 'days']) {
    const { status, json } = await ask(vehicleId, what);
    expect([status, json.code]).toEqual([404, 'vehicle_not_found']);
  }
});

test('today is computed as it is so far, and says that it is not final', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const nowMs = Date.now();
  const sinceMs = Math.max(Math.floor(nowMs / (24 * HOUR_MS)) * 24 * HOUR_MS, nowMs - 10 * MINUTE_MS);
  const spacingMs = (nowMs - sinceMs) / 10;
  await storeJudged(
    api,
    'north',
    vehicle.deviceId,
    Array.from({ length: 5 }, (_, at) => ({
      fixTimeMs: Math.floor(sinceMs + at * spacingMs),
      distance_m: at === 0 ? null : 250,
      speed_kmh: 40 + at,
      odometer_m: 70_000 + at * 260,
    })),
  );
  const { status, json } = await ask(vehicle.vehicleId, 'days');
  expect(status).toBe(200);
  const today = json.items.at(-1);
  expect(today).toMatchObject({
    day: new Date(nowMs).toISOString().slice(0, 10),
    isFinal: false,
    version: 0,
    timeZone: 'UTC',
    figures: {
      positions: 5,
      distanceM: 1_000,
      odometerM: 1_040,
      bestM: 1_040,
      maxSpeedKmh: 44,
      trips: 0,
      isComplete: false,
    },
  });
});

test('days that are stored come with their newest version', async () => {
  const vehicle = await makeVehicle(api, 'north');
  const { json } = await ask(vehicle.vehicleId, 'days');
  const { figures } = json.items.at(-1);
  const store = async (day: string, version: number, bestM: number) =>
    await jobs.query(
      `INSERT INTO daily_summaries (operator_id, vehicle_id, day, version, time_zone, figures) VALUES ($1, $2, $3, $4, 'UTC', $5)`,
      [api.operatorIds.north, vehicle.vehicleId, day, version, JSON.stringify({ ...figures, bestM })],
    );
  await store('2026-10-05', 1, 100);
  await store('2026-10-05', 2, 120);
  await store('2026-10-07', 1, 300);
  await store('2026-10-08', 1, 999);
  const days = (await ask(vehicle.vehicleId, 'days?from=2026-10-05&to=2026-10-07')).json.items;
  expect(days.map((one: any) => [one.day, one.version, one.isFinal, one.figures.bestM])).toEqual([
    ['2026-10-05', 2, true, 120],
    ['2026-10-07', 1, true, 300],
  ]);
});
