import { randomBytes } from 'node:crypto';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeGateway, makeVehicle } from './test/fleet-under-test.ts';

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
const patch = async (path: string, body: unknown) =>
  await api.request('PATCH', `/api/v1/${path}`, { token, body });
const makeDevice = async (): Promise<{ id: string; ident: string }> =>
  (await post('devices', { ident: randomBytes(6).toString('hex') })).json.device;

test('a gateway is made with a secret that is shown once, and listed', async () => {
  const body = { ident: 'traccar.north', model: 'Traccar' };
  const made = await post('gateways', body, { 'idempotency-key': 'gateway-1' });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  expect(made.json).toEqual({
    gateway: {
      id: expect.any(String),
      ident: 'traccar.north',
      model: 'Traccar',
      status: 'active',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      speaksFor: 'listed',
      listedDevices: 0,
    },
    secret: expect.stringMatching(/^[\w-]{32}$/),
  });
  const { gateway } = made.json;
  expect((await get(`gateways/${gateway.id}`)).json).toEqual(gateway);
  expect((await get('gateways?limit=1000')).json.items).toContainEqual(gateway);
  const again = await post('gateways', body, { 'idempotency-key': 'gateway-1' });
  expect(again.json).toMatchObject({
    code: 'secret_already_shown',
    detail: expect.stringContaining(gateway.id),
  });
  expect((await post('gateways', body)).json.code).toBe('ident_taken');
  expect((await post('devices', { ident: body.ident })).json.code).toBe('ident_taken');
});

test('pages of gateways follow one another, and a cursor of another list is refused', async () => {
  for (let made = 0; made < 3; made += 1) await makeGateway(api, 'north');
  const all: string[] = (await get('gateways?limit=1000')).json.items.map(({ id }: { id: string }) => id);
  const paged: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: { id: string }[]; nextCursor: string | null } = (
      await get(`gateways?limit=2${cursor && `&cursor=${cursor}`}`)
    ).json;
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  const { nextCursor } = (await get('gateways?limit=1')).json;
  expect((await get(`devices?cursor=${nextCursor}`)).json.code).toBe('bad_cursor');
});

test('a gateway is no device: it is not listed, shown, rotated or revoked as one, and goes into no vehicle', async () => {
  const { gatewayId } = await makeGateway(api, 'north');
  const { deviceId, vehicleId } = await makeVehicle(api, 'north');
  const listed: string[] = (await get('devices?limit=1000')).json.items.map(({ id }: { id: string }) => id);
  expect(listed).toContain(deviceId);
  expect(listed).not.toContain(gatewayId);
  for (const answer of [
    await get(`devices/${gatewayId}`),
    await post(`devices/${gatewayId}/secret`),
    await post(`devices/${gatewayId}/revoke`),
  ]) {
    expect(answer.status).toBe(404);
    expect(answer.json.code).toBe('device_not_found');
  }
  expect((await get(`gateways/${gatewayId}`)).json.status).toBe('active');
  const installed = await post(`vehicles/${vehicleId}/installations`, { deviceId: gatewayId });
  expect(installed.status).toBe(409);
  expect(installed.json.code).toBe('device_is_gateway');
});

test('a device is no gateway: it is not listed, shown, changed, rotated or revoked as one', async () => {
  const { id } = await makeDevice();
  const listed: string[] = (await get('gateways?limit=1000')).json.items.map(
    (gateway: { id: string }) => gateway.id,
  );
  expect(listed).not.toContain(id);
  for (const answer of [
    await get(`gateways/${id}`),
    await patch(`gateways/${id}`, { speaksFor: 'all' }),
    await get(`gateways/${id}/devices`),
    await post(`gateways/${id}/devices`, { deviceIds: [id] }),
    await post(`gateways/${id}/devices/remove`, { deviceIds: [id] }),
    await post(`gateways/${id}/secret`),
    await post(`gateways/${id}/revoke`),
  ]) {
    expect(answer.status).toBe(404);
    expect(answer.json.code).toBe('gateway_not_found');
  }
  expect((await get(`devices/${id}`)).json.status).toBe('active');
});

test('devices are put on the list and taken off it, and an operator sees which are on it', async () => {
  const { gatewayId } = await makeGateway(api, 'north');
  const devices = [await makeDevice(), await makeDevice(), await makeDevice()];
  const ids = devices.map(({ id }) => id);
  const view = (device: { id: string; ident: string }) => ({
    id: device.id,
    ident: device.ident,
    status: 'active',
  });
  const added = await post(`gateways/${gatewayId}/devices`, { deviceIds: [...ids, ids[0]] });
  expect(added.status).toBe(200);
  expect(added.json.listedDevices).toBe(3);
  expect((await post(`gateways/${gatewayId}/devices`, { deviceIds: ids })).json.listedDevices).toBe(3);
  const first = (await get(`gateways/${gatewayId}/devices?limit=2`)).json;
  expect(first.items).toEqual(devices.slice(0, 2).map(view));
  const second = (await get(`gateways/${gatewayId}/devices?limit=2&cursor=${first.nextCursor}`)).json;
  expect(second).toEqual({ items: devices.slice(2).map(view), nextCursor: null });
  const other = await makeGateway(api, 'north', ids);
  const foreign = await get(`gateways/${other.gatewayId}/devices?cursor=${first.nextCursor}`);
  expect(foreign.json.code).toBe('bad_cursor');

  await post(`devices/${ids[1]}/revoke`);
  const removed = await post(`gateways/${gatewayId}/devices/remove`, { deviceIds: [ids[0], '999999'] });
  expect(removed.json.listedDevices).toBe(2);
  const left = (await get(`gateways/${gatewayId}/devices`)).json.items;
  expect(left).toEqual([{ ...view(devices[1]!), status: 'revoked' }, view(devices[2]!)]);
  expect((await get(`gateways/${other.gatewayId}`)).json.listedDevices).toBe(3);
});

test('a list takes the operator’s own devices alone, and all that were named or none', async () => {
  const { gatewayId } = await makeGateway(api, 'north');
  const own = (await makeDevice()).id;
  const foreign = (await makeVehicle(api, 'south')).deviceId;
  for (const stranger of [foreign, '999999', gatewayId]) {
    const answer = await post(`gateways/${gatewayId}/devices`, { deviceIds: [own, stranger] });
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({
      code: 'device_not_found',
      detail: `There is no such device: ${stranger}.`,
    });
  }
  for (const deviceIds of [[], ['x'], Array.from({ length: 1_001 }, (_, at) => `${at + 1}`)]) {
    expect((await post(`gateways/${gatewayId}/devices`, { deviceIds })).status).toBe(400);
  }
  expect((await get(`gateways/${gatewayId}`)).json.listedDevices).toBe(0);
});

test('whom a gateway speaks for can be changed, until it is revoked for good', async () => {
  const { gatewayId } = await makeGateway(api, 'north');
  const device = (await makeDevice()).id;
  expect((await patch(`gateways/${gatewayId}`, { speaksFor: 'all' })).json.speaksFor).toBe('all');
  expect((await patch(`gateways/${gatewayId}`, { speaksFor: 'everybody' })).status).toBe(400);
  await post(`gateways/${gatewayId}/devices`, { deviceIds: [device] });
  const rotated = await post(`gateways/${gatewayId}/secret`);
  expect(rotated.json.secret).toMatch(/^[\w-]{32}$/);
  expect(rotated.headers.get('cache-control')).toBe('no-store');
  expect((await post(`gateways/${gatewayId}/revoke`)).json.status).toBe('revoked');
  expect((await post(`gateways/${gatewayId}/revoke`)).status).toBe(200);
  for (const answer of [
    await patch(`gateways/${gatewayId}`, { speaksFor: 'listed' }),
    await post(`gateways/${gatewayId}/secret`),
    await post(`gateways/${gatewayId}/devices`, { deviceIds: [device] }),
  ]) {
    expect(answer.status).toBe(409);
    expect(answer.json.code).toBe('gateway_revoked');
  }
  expect((await get(`gateways/${gatewayId}`)).json.speaksFor).toBe('all');
});

test('what changes a gateway’s rights is announced to the brokers, and what changes nothing is not', async () => {
  const { gatewayId } = await makeGateway(api, 'north');
  const [one, two] = [(await makeDevice()).id, (await makeDevice()).id];
  const listener = await api.ingestPool.connect();
  const heard: string[] = [];
  listener.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload}`));
  await listener.query('LISTEN device_credentials; LISTEN gateway_devices');
  const list = `gateway_devices ${gatewayId}`;
  await post(`gateways/${gatewayId}/devices`, { deviceIds: [one, two] });
  await post(`gateways/${gatewayId}/devices`, { deviceIds: [one, two] });
  await post(`gateways/${gatewayId}/devices/remove`, { deviceIds: [one] });
  await post(`gateways/${gatewayId}/devices/remove`, { deviceIds: [one] });
  await patch(`gateways/${gatewayId}`, { speaksFor: 'listed' });
  await patch(`gateways/${gatewayId}`, { speaksFor: 'all' });
  await post(`devices/${two}/revoke`);
  await post(`gateways/${gatewayId}/revoke`);
  await expect
    .poll(() => heard)
    .toEqual([list, list, list, `device_credentials ${two}`, `device_credentials ${gatewayId}`]);
  listener.release(true);
});
