import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { makeVehicle, storeFixes, type TestVehicle } from './test/fleet-under-test.ts';

const START_MS = Date.UTC(2026, 10, 18, 8);
const PORT = [32.6, 0.35];
const port = {
  name: 'Port',
  kind: 'forbidden',
  shape: { type: 'Circle', center: PORT, radiusM: 1_000 },
};

let api: ApiUnderTest;
let vehicle: TestVehicle;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  vehicle = await makeVehicle(api, 'north');
  // From the west through the port and back, a fix a minute, as 36 km/h say.
  const way = [
    ...Array.from({ length: 20 }, (_, at) => at),
    ...Array.from({ length: 20 }, (_, at) => 19 - at),
  ];
  await storeFixes(
    api,
    'north',
    way.map((step, at) => ({
      deviceId: vehicle.deviceId,
      fixTimeMs: START_MS + at * 60_000,
      lat: 0.35,
      lon: 32.5 + step * 0.0054,
    })),
  );
});
afterAll(async () => await api.close());

const preview = async (body: object, operator: OperatorName = 'north') =>
  await api.request('POST', '/api/v1/rules/preview', {
    token: await api.tokenOf(operator, 'fleet'),
    body: {
      vehicleId: vehicle.vehicleId,
      from: new Date(START_MS).toISOString(),
      to: new Date(START_MS + 3_600_000).toISOString(),
      ...body,
    },
  });
const kinds = (answer: { json: { events: { kind: string }[] } }): string[] =>
  answer.json.events.map(({ kind }) => kind);

describe('trying rules', () => {
  test('tells what a geofence would have raised, and leaves nothing behind', async () => {
    const answer = await preview({ geofences: [port] });
    expect(answer.status).toBe(200);
    expect(answer.json.positions).toBe(40);
    expect(answer.json.events).toContainEqual(
      expect.objectContaining({
        kind: 'geofenceEnter',
        rule: 'geofence',
        severity: 'critical',
        subject: 'tried-1',
        occurredAt: new Date(START_MS + 17 * 60_000).toISOString(),
      }),
    );
    expect((await preview({})).json.events).toEqual([]);
    const { rows } = await api.appPool.query(
      `SELECT set_config('wayleave.operator_id', $1, false), (SELECT count(*)::integer FROM events) AS events`,
      [api.operatorIds.north],
    );
    expect(rows[0].events).toBe(0);
  });

  test('tells what a limit would have raised, and what other settings would not have', async () => {
    expect(kinds(await preview({ speedLimitKmh: 25 }))).toContain('overspeed');
    const settings = { overspeed: { enabled: false } };
    expect(kinds(await preview({ speedLimitKmh: 25, settings }))).not.toContain('overspeed');
    expect(kinds(await preview({ speedLimitKmh: 50 }))).not.toContain('overspeed');
  });

  test('takes the geofences that held then, if none is tried', async () => {
    const token = await api.tokenOf('north', 'fleet');
    const made = await api.request('POST', '/api/v1/geofences', { token, body: port });
    // It holds from now on; the history is of before.
    expect((await preview({})).json.events).toEqual([]);
    await api.ingestPool.query('SELECT');
    expect(made.status).toBe(201);
  });

  test('tells the trips of the time', async () => {
    const { trips } = (await preview({})).json;
    expect(trips.map(({ kind }: { kind: string }) => kind)).toContain('trip');
  });

  test('refuses another operator’s vehicle, an empty range, a month and a day, and a shape that is none', async () => {
    expect((await preview({}, 'south')).json).toMatchObject({ status: 404, code: 'vehicle_not_found' });
    const from = new Date(START_MS).toISOString();
    expect((await preview({ from, to: from })).json.code).toBe('empty_time_range');
    const to = new Date(START_MS + 32 * 86_400_000).toISOString();
    expect((await preview({ from, to })).json).toMatchObject({ status: 422, code: 'preview_too_long' });
    const bow = [
      [32, 0],
      [33, 1],
      [33, 0],
      [32, 1],
      [32, 0],
    ];
    const crossing = { ...port, shape: { type: 'Polygon', coordinates: [bow] } };
    expect((await preview({ geofences: [crossing] })).json.code).toBe('shape_self_crossing');
  });

  test('refuses settings that could not be saved, and reads times with an offset', async () => {
    const unknownZone = await preview({ settings: { timeZone: 'Nowhere/Else' } });
    expect(unknownZone.json).toMatchObject({ status: 422, code: 'time_zone_unknown' });
    const handling = { severity: 'info', routes: [] };
    const unknownEvent = await preview({ settings: { events: { 'geofenceExit.teritory': handling } } });
    expect(unknownEvent.json).toMatchObject({ status: 422, code: 'event_name_unknown' });
    const from = new Date(START_MS).toISOString().replace('Z', '+00:00');
    expect((await preview({ from })).json.positions).toBe(40);
    const of1 = { from: '0001-01-01T00:00:00Z', to: '0001-01-02T00:00:00Z' };
    expect((await preview(of1)).json).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});
