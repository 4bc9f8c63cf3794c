import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle, storeFixes } from './test/fleet-under-test.ts';

let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => await api.close());

const get = async (path: string) => await api.request('GET', `/api/v1/${path}`, { token });
const post = async (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  await api.request('POST', `/api/v1/${path}`, { token, body, headers });

test('a vehicle is made, shown and listed', async () => {
  const made = await post('vehicles', { label: ' Boda 7 ', kind: 'motorcycle', plate: 'UEA 007A' });
  expect(made.status).toBe(201);
  expect(made.json).toEqual({
    id: expect.any(String),
    label: 'Boda 7',
    kind: 'motorcycle',
    plate: 'UEA 007A',
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    device: null,
    latest: null,
  });
  expect((await get(`vehicles/${made.json.id}`)).json).toEqual(made.json);
  expect((await get('vehicles?limit=1000')).json.items).toContainEqual(made.json);
});

test('a plate belongs to one vehicle of an operator, and another operator may have it too', async () => {
  const body = { label: 'Twin', kind: 'car', plate: 'TWIN 1' };
  expect((await post('vehicles', body)).status).toBe(201);
  const second = await post('vehicles', body);
  expect(second.status).toBe(409);
  expect(second.json.code).toBe('plate_taken');
  const other = await api.request('POST', '/api/v1/vehicles', {
    token: await api.tokenOf('south', 'fleet'),
    body,
  });
  expect(other.status).toBe(201);
});

test('pages of vehicles follow one another without gap or repeat, also while more are made', async () => {
  for (let index = 0; index < 7; index += 1) await post('vehicles', { label: `Page ${index}`, kind: 'van' });
  const all: string[] = (await get('vehicles?limit=1000')).json.items.map(({ id }: { id: string }) => id);
  const paged: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: { id: string }[]; nextCursor: string | null } = (
      await get(`vehicles?limit=3${cursor && `&cursor=${cursor}`}`)
    ).json;
    expect(page.items.length).toBeLessThanOrEqual(3);
    paged.push(...page.items.map(({ id }) => id));
    if (cursor === '') await post('vehicles', { label: 'Meanwhile', kind: 'van' });
    cursor = page.nextCursor;
  }
  expect(paged.slice(0, -1)).toEqual(all);
  expect(paged).toHaveLength(all.length + 1);
});

test('a cursor of another list is refused', async () => {
  const { nextCursor } = (await get('vehicles?limit=1')).json;
  const answer = await get(`devices?cursor=${nextCursor}`);
  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe('bad_cursor');
});

test('a device’s secret is shown once and is nowhere in the database', async () => {
  const made = await post(
    'devices',
    { ident: '867530900000001', model: 'FMB920' },
    { 'idempotency-key': 'dev-1' },
  );
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  const { device, secret } = made.json;
  expect(device).toEqual({
    id: expect.any(String),
    ident: '867530900000001',
    model: 'FMB920',
    status: 'active',
    createdAt: expect.any(String),
    lastSeenAt: null,
    vehicle: null,
  });
  expect(Buffer.from(secret, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  const rotated = (await post(`devices/${device.id}/secret`)).json.secret;
  expect(rotated).not.toBe(secret);
  expect((await get(`devices/${device.id}`)).text).not.toContain(secret);

  const dump = await dumpOf('north');
  expect(dump).toContain('867530900000001');
  for (const shown of [secret, rotated]) {
    expect(dump).not.toContain(shown);
    expect(dump).not.toContain(Buffer.from(shown).toString('hex'));
    expect(dump).not.toContain(Buffer.from(shown, 'base64url').toString('hex'));
  }
});

/** Every row that the operator has, as text. */
async function dumpOf(operator: 'north' | 'south'): Promise<string> {
  const { asOperator } = await import('@wayleave/runtime/postgres.ts');
  return await asOperator(api.appPool, api.operatorIds[operator], async (connection) => {
    const tables = ['devices', 'vehicles', 'installations', 'users', 'idempotency_keys', 'outbox'];
    const rows: string[] = [];
    for (const table of tables) {
      rows.push(
        ...(await connection.query<{ t: string }>(`SELECT t::text AS t FROM ${table} t`)).rows.map(
          ({ t }) => t,
        ),
      );
    }
    return rows.join('\n');
  });
}

test('an ident is unique over all operators', async () => {
  await post('devices', { ident: 'everybodys' });
  const again = await api.request('POST', '/api/v1/devices', {
    token: await api.tokenOf('south', 'fleet'),
    body: { ident: 'everybodys' },
  });
  expect(again.status).toBe(409);
  expect(again.json.code).toBe('ident_taken');
});

test('a revoked device stays revoked, gets no secret and goes into no vehicle', async () => {
  const { device } = (await post('devices', { ident: 'to-revoke' })).json;
  const revoked = await post(`devices/${device.id}/revoke`);
  expect(revoked.json.status).toBe('revoked');
  expect((await post(`devices/${device.id}/revoke`)).status).toBe(200);
  expect((await post(`devices/${device.id}/secret`)).json.code).toBe('device_revoked');
  const vehicle = (await post('vehicles', { label: 'v', kind: 'car' })).json;
  const installed = await post(`vehicles/${vehicle.id}/installations`, { deviceId: device.id });
  expect(installed.json.code).toBe('device_revoked');
});

test('rotating and revoking are announced to the brokers', async () => {
  const { device } = (await post('devices', { ident: 'announced' })).json;
  const listener = await api.ingestPool.connect();
  const heard: string[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('LISTEN device_credentials');
  await post(`devices/${device.id}/secret`);
  await post(`devices/${device.id}/revoke`);
  await expect.poll(() => heard).toEqual([device.id, device.id]);
  listener.release(true);
});

test('a device is in one vehicle at any instant, and a vehicle has one device', async () => {
  const [one, two] = [await makeVehicle(api, 'north'), await makeVehicle(api, 'north')];
  const taken = await post(`vehicles/${two.vehicleId}/installations`, { deviceId: one.deviceId });
  expect(taken.status).toBe(409);
  expect(taken.json.code).toBe('device_already_installed');
  const spare = (await post('devices', { ident: `spare-${one.deviceId}` })).json.device;
  const full = await post(`vehicles/${one.vehicleId}/installations`, { deviceId: spare.id });
  expect(full.status).toBe(409);
  expect(full.json.code).toBe('vehicle_already_has_device');
});

test('a device moves on when its installation ended, and both vehicles keep their history of it', async () => {
  const [one, two] = [await makeVehicle(api, 'north'), await makeVehicle(api, 'north')];
  const movedAt = '2026-06-01T12:00:00.000Z';
  await post(`installations/${two.installationId}/end`, { to: '2026-05-01T00:00:00Z' });
  const ended = await post(`installations/${one.installationId}/end`, { to: movedAt });
  expect(ended.json).toMatchObject({ vehicleId: one.vehicleId, deviceId: one.deviceId, to: movedAt });
  const next = await post(`vehicles/${two.vehicleId}/installations`, {
    deviceId: one.deviceId,
    from: movedAt,
  });
  expect(next.status).toBe(201);
  expect(next.json).toMatchObject({ from: movedAt, to: null });
  const { items } = (await get(`vehicles/${two.vehicleId}/installations`)).json;
  expect(items.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([one.deviceId, two.deviceId]);
  expect((await get(`devices/${one.deviceId}`)).json.vehicle.id).toBe(two.vehicleId);
  expect((await get(`vehicles/${one.vehicleId}`)).json.device).toBeNull();
});

test('an installation ends once and after it began', async () => {
  const { installationId } = await makeVehicle(api, 'north');
  const before = await post(`installations/${installationId}/end`, { to: '2025-01-01T00:00:00Z' });
  expect(before.json.code).toBe('installation_ends_before_start');
  // Without a body it ends now.
  expect((await post(`installations/${installationId}/end`)).status).toBe(200);
  const again = await post(`installations/${installationId}/end`);
  expect(again.status).toBe(409);
  expect(again.json.code).toBe('installation_already_ended');
});

test.each(['9999-12-31T23:59:59-12:00', '0000-01-01T00:00:00+14:00', '1970-01-01T00:00:00+00:01'])(
  'an installation neither begins nor ends at %s, and the vehicle stays whole',
  async (at) => {
    const { vehicleId, installationId } = await makeVehicle(api, 'north');
    const { device } = (await post('devices', { ident: `at-${vehicleId}` })).json;
    const empty = (await post('vehicles', { label: 'empty', kind: 'car' })).json.id;
    const begun = await post(`vehicles/${empty}/installations`, { deviceId: device.id, from: at });
    const ended = await post(`installations/${installationId}/end`, { to: at });
    for (const { status, json } of [begun, ended]) {
      expect(status).toBe(400);
      expect(json.code).toBe('invalid_request');
    }
    for (const id of [vehicleId, empty]) {
      expect((await get(`vehicles/${id}`)).status).toBe(200);
      expect((await get(`vehicles/${id}/installations`)).status).toBe(200);
      expect((await get(`vehicles/${id}/positions`)).status).toBe(200);
    }
  },
);

test('an installation may begin a little ahead of the clock, and not next week', async () => {
  const { device } = (await post('devices', { ident: 'ahead' })).json;
  const vehicle = (await post('vehicles', { label: 'ahead', kind: 'car' })).json;
  const install = async (hours: number) =>
    await post(`vehicles/${vehicle.id}/installations`, {
      deviceId: device.id,
      from: new Date(Date.now() + hours * 3_600_000).toISOString(),
    });
  const refused = await install(25);
  expect(refused.status).toBe(400);
  expect(refused.json.code).toBe('installation_starts_in_future');
  expect((await install(23)).status).toBe(201);
});

test('of ten installations of one device at the same moment, one is made', async () => {
  const { device } = (await post('devices', { ident: 'wanted' })).json;
  const vehicles = await Promise.all(
    Array.from(
      { length: 10 },
      async (_, index) => (await post('vehicles', { label: `w${index}`, kind: 'car' })).json.id,
    ),
  );
  const answers = await Promise.all(
    vehicles.map(async (id) => await post(`vehicles/${id}/installations`, { deviceId: device.id })),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
});

test('a vehicle shows the newest position of its device, and none from before the installation', async () => {
  const { vehicleId, deviceId } = await makeVehicle(api, 'north', { from: '2026-03-01T00:00:00Z' });
  expect((await get(`vehicles/${vehicleId}/latest`)).json.code).toBe('no_position');
  await storeFixes(api, 'north', [{ deviceId, fixTimeMs: Date.parse('2026-02-01T00:00:00Z') }]);
  expect((await get(`vehicles/${vehicleId}/latest`)).json.code).toBe('no_position');
  await storeFixes(api, 'north', [
    {
      deviceId,
      fixTimeMs: Date.parse('2026-03-02T00:00:00Z'),
      lat: 0.5,
      lon: 32.5,
      alarm: 'powerCut',
      attributes: { a: 1 },
    },
  ]);
  const latest = (await get(`vehicles/${vehicleId}/latest`)).json;
  expect(latest).toEqual({
    fixTime: '2026-03-02T00:00:00.000Z',
    receivedAt: '2026-03-02T00:00:00.250Z',
    lat: 0.5,
    lon: 32.5,
    speedKmh: 36,
    headingDeg: null,
    altitudeM: null,
    accuracyM: null,
    satellites: null,
    ignition: true,
    odometerM: null,
    batteryV: null,
    alarm: 'powerCut',
    h3: expect.stringMatching(/^89[0-9a-f]{13}$/),
    verdict: 'good',
    doubts: [],
    remarks: [],
    distanceM: null,
    attributes: {},
  });
  const listed = (await get('vehicles?limit=1000')).json.items.find(
    ({ id }: { id: string }) => id === vehicleId,
  );
  expect(listed.latest).toEqual(latest);
  expect((await get(`devices/${deviceId}`)).json.lastSeenAt).toBe('2026-03-02T00:00:00.250Z');
});

test('a repeated creation under one Idempotency-Key makes one vehicle and gives the same answer', async () => {
  const body = { label: 'Once', kind: 'car' };
  const answers = await Promise.all(
    Array.from({ length: 5 }, async () => await post('vehicles', body, { 'idempotency-key': 'once' })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
});

test('a key belongs to its request, its user and its success', async () => {
  const headers = { 'idempotency-key': 'mine' };
  const first = await post('vehicles', { label: 'Mine', kind: 'car' }, headers);
  const different = await post('vehicles', { label: 'Other', kind: 'car' }, headers);
  expect(different.status).toBe(422);
  expect(different.json.code).toBe('idempotency_key_reused');
  const another = await api.request('POST', '/api/v1/vehicles', {
    token: await api.tokenOf('north', 'admin'),
    body: { label: 'Mine', kind: 'car' },
    headers,
  });
  expect(another.status).toBe(201);
  expect(another.json.id).not.toBe(first.json.id);
  // A request that failed is no answer to keep: when its reason is gone, it goes through.
  const { vehicleId, installationId } = await makeVehicle(api, 'north');
  const { device } = (await post('devices', { ident: 'patient' })).json;
  const retry = async () =>
    await post(
      `vehicles/${vehicleId}/installations`,
      { deviceId: device.id },
      { 'idempotency-key': 'patient' },
    );
  expect((await retry()).json.code).toBe('vehicle_already_has_device');
  await post(`installations/${installationId}/end`);
  expect((await retry()).status).toBe(201);
  expect((await retry()).status).toBe(201);
});

test('a repeated creation of a device tells that its secret was shown, and makes none', async () => {
  const body = { ident: 'secretive' };
  const first = await post('devices', body, { 'idempotency-key': 'secretive' });
  const second = await post('devices', body, { 'idempotency-key': 'secretive' });
  expect(first.status).toBe(201);
  expect(second.status).toBe(409);
  expect(second.json.code).toBe('secret_already_shown');
  expect(second.json.detail).toContain(first.json.device.id);
});
