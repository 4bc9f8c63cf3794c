import { type Role, role as roles } from '@wayleave/leasing/identity/user.ts';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { askDevice } from './test/command-under-test.ts';
import { draftsOf, storeEvents } from './test/events-under-test.ts';
import { makeGateway, makeVehicle, type TestVehicle } from './test/fleet-under-test.ts';
import { quarantineMessage } from './test/quarantine-under-test.ts';
import { makeRules, type TestRules } from './test/rules-under-test.ts';

type TestFleet = TestVehicle &
  TestRules & { gatewayId: string; quarantinedId: string; commandId: string; eventId: string };

let api: ApiUnderTest;
let north: TestFleet;
let south: TestFleet;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  north = await makeFleet('north');
  south = await makeFleet('south');
});
afterAll(async () => await api.close());

async function makeFleet(operator: OperatorName): Promise<TestFleet> {
  const vehicle = await makeVehicle(api, operator);
  const { gatewayId } = await makeGateway(api, operator, [vehicle.deviceId]);
  const quarantinedId = await quarantineMessage(api, operator);
  const commandId = await askDevice(api, operator, vehicle.deviceId);
  const rules = await makeRules(api, operator, vehicle.vehicleId);
  const [raised] = await storeEvents(api, [draftsOf(api, operator)({ deviceId: Number(vehicle.deviceId) })]);
  return { ...vehicle, ...rules, gatewayId, quarantinedId, commandId, eventId: raised!.event.id };
}

const EVERYBODY: Role[] = ['customer', 'agent', 'fleet', 'admin'];
const READ: Role[] = ['agent', 'fleet', 'admin'];
const WRITE: Role[] = ['fleet', 'admin'];

interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the OpenAPI document has it. */
  path: string;
  roles: Role[] | 'public';
  /** What the id in the path is of. */
  id?: keyof TestFleet;
  /** Right in form and refused in fact, so that an allowed call changes nothing. */
  body?: object;
  /** What the endpoint cannot be asked without. */
  query?: string;
}

const ENDPOINTS: Endpoint[] = [
  {
    method: 'POST',
    path: '/api/v1/auth/login',
    roles: 'public',
    body: { email: 'a@b.example', password: 'x' },
  },
  { method: 'POST', path: '/api/v1/auth/refresh', roles: 'public' },
  { method: 'POST', path: '/api/v1/auth/logout', roles: 'public' },
  { method: 'GET', path: '/api/v1/map-config', roles: 'public' },
  { method: 'GET', path: '/api/v1/live', roles: 'public' },
  { method: 'GET', path: '/api/v1/me', roles: EVERYBODY },
  { method: 'GET', path: '/api/v1/vehicles', roles: READ },
  { method: 'POST', path: '/api/v1/vehicles', roles: WRITE, body: { label: '', kind: 'car' } },
  { method: 'GET', path: '/api/v1/vehicles/{id}', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/vehicles/{id}/latest', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/vehicles/{id}/positions', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/vehicles/{id}/track', roles: READ, id: 'vehicleId' },
  {
    method: 'GET',
    path: '/api/v1/vehicles/{id}/series',
    roles: READ,
    id: 'vehicleId',
    query: '?metric=speed',
  },
  { method: 'GET', path: '/api/v1/vehicles/{id}/mileage', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/vehicles/{id}/trips', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/vehicles/{id}/days', roles: READ, id: 'vehicleId' },
  { method: 'GET', path: '/api/v1/fleet/positions', roles: READ },
  { method: 'GET', path: '/api/v1/vehicles/{id}/installations', roles: READ, id: 'vehicleId' },
  {
    method: 'POST',
    path: '/api/v1/vehicles/{id}/installations',
    roles: WRITE,
    id: 'vehicleId',
    body: { deviceId: '999999' },
  },
  {
    method: 'POST',
    path: '/api/v1/installations/{id}/end',
    roles: WRITE,
    id: 'installationId',
    body: { to: '2000-01-01T00:00:00Z' },
  },
  { method: 'GET', path: '/api/v1/devices', roles: READ },
  { method: 'POST', path: '/api/v1/devices', roles: WRITE, body: { ident: '' } },
  { method: 'GET', path: '/api/v1/devices/{id}', roles: READ, id: 'deviceId' },
  { method: 'POST', path: '/api/v1/devices/{id}/secret', roles: WRITE, id: 'deviceId' },
  { method: 'POST', path: '/api/v1/devices/{id}/revoke', roles: WRITE, id: 'deviceId' },
  { method: 'GET', path: '/api/v1/devices/{id}/commands', roles: READ, id: 'deviceId' },
  {
    method: 'POST',
    path: '/api/v1/devices/{id}/commands',
    roles: WRITE,
    id: 'deviceId',
    body: { format: 'native', command: 'report' },
  },
  { method: 'GET', path: '/api/v1/commands/{id}', roles: READ, id: 'commandId' },
  { method: 'GET', path: '/api/v1/gateways', roles: READ },
  { method: 'POST', path: '/api/v1/gateways', roles: WRITE, body: { ident: '' } },
  { method: 'GET', path: '/api/v1/gateways/{id}', roles: READ, id: 'gatewayId' },
  {
    method: 'PATCH',
    path: '/api/v1/gateways/{id}',
    roles: WRITE,
    id: 'gatewayId',
    body: { speaksFor: 'all' },
  },
  { method: 'GET', path: '/api/v1/gateways/{id}/devices', roles: READ, id: 'gatewayId' },
  {
    method: 'POST',
    path: '/api/v1/gateways/{id}/devices',
    roles: WRITE,
    id: 'gatewayId',
    body: { deviceIds: ['999999'] },
  },
  {
    method: 'POST',
    path: '/api/v1/gateways/{id}/devices/remove',
    roles: WRITE,
    id: 'gatewayId',
    body: { deviceIds: ['999999'] },
  },
  { method: 'POST', path: '/api/v1/gateways/{id}/secret', roles: WRITE, id: 'gatewayId' },
  { method: 'POST', path: '/api/v1/gateways/{id}/revoke', roles: WRITE, id: 'gatewayId' },
  { method: 'GET', path: '/api/v1/quarantine', roles: READ },
  { method: 'GET', path: '/api/v1/quarantine/{id}', roles: READ, id: 'quarantinedId' },
  { method: 'GET', path: '/api/v1/quarantine/{id}/payload', roles: READ, id: 'quarantinedId' },
  { method: 'POST', path: '/api/v1/quarantine/replays', roles: WRITE, body: { ids: ['888888888'] } },
  { method: 'GET', path: '/api/v1/settings/position-retention', roles: READ },
  {
    method: 'PUT',
    path: '/api/v1/settings/position-retention',
    roles: ['admin'],
    body: { keepDays: 0, compressAfterDays: 7 },
  },
  { method: 'GET', path: '/api/v1/settings/quality-thresholds', roles: READ },
  { method: 'PUT', path: '/api/v1/settings/quality-thresholds/{kind}', roles: ['admin'], body: {} },
  { method: 'DELETE', path: '/api/v1/settings/quality-thresholds/{kind}', roles: ['admin'] },
  { method: 'GET', path: '/api/v1/events', roles: READ },
  { method: 'GET', path: '/api/v1/events/{id}', roles: READ, id: 'eventId' },
  { method: 'POST', path: '/api/v1/events/{id}/acknowledge', roles: WRITE, id: 'eventId' },
  { method: 'GET', path: '/api/v1/events/dead-letters', roles: ['admin'] },
  { method: 'POST', path: '/api/v1/events/dead-letters/{jobId}/replay', roles: ['admin'] },
  { method: 'POST', path: '/api/v1/events/dead-letters/replay-all', roles: ['admin'] },
  { method: 'GET', path: '/api/v1/vehicle-groups', roles: READ },
  { method: 'POST', path: '/api/v1/vehicle-groups', roles: WRITE, body: { name: '' } },
  { method: 'PUT', path: '/api/v1/vehicle-groups/{id}', roles: WRITE, id: 'groupId', body: { name: 'Mine' } },
  { method: 'DELETE', path: '/api/v1/vehicle-groups/{id}', roles: WRITE, id: 'groupId' },
  { method: 'GET', path: '/api/v1/vehicle-groups/{id}/vehicles', roles: READ, id: 'groupId' },
  { method: 'PUT', path: '/api/v1/vehicle-groups/{id}/vehicles/{vehicleId}', roles: WRITE, id: 'groupId' },
  { method: 'DELETE', path: '/api/v1/vehicle-groups/{id}/vehicles/{vehicleId}', roles: WRITE, id: 'groupId' },
  { method: 'GET', path: '/api/v1/geofences', roles: READ },
  { method: 'POST', path: '/api/v1/geofences', roles: WRITE, body: { name: '' } },
  { method: 'GET', path: '/api/v1/geofences/{id}', roles: READ, id: 'geofenceId' },
  {
    method: 'PUT',
    path: '/api/v1/geofences/{id}',
    roles: WRITE,
    id: 'geofenceId',
    body: {
      name: 'Mine',
      kind: 'depot',
      shape: { type: 'Circle', center: [32.58, 0.35], radiusM: 1 },
    },
  },
  { method: 'DELETE', path: '/api/v1/geofences/{id}', roles: WRITE, id: 'geofenceId' },
  { method: 'GET', path: '/api/v1/geofences/{id}/versions', roles: READ, id: 'geofenceId' },
  { method: 'POST', path: '/api/v1/geofences/import', roles: WRITE, body: { format: 'xls' } },
  { method: 'GET', path: '/api/v1/geofences/export', roles: READ, query: '?format=geojson' },
  { method: 'GET', path: '/api/v1/speed-limits', roles: READ },
  { method: 'PUT', path: '/api/v1/speed-limits', roles: ['admin'], body: { scope: 'fleet' } },
  { method: 'DELETE', path: '/api/v1/speed-limits/{id}', roles: ['admin'], id: 'speedLimitId' },
  { method: 'POST', path: '/api/v1/rules/preview', roles: READ, body: { vehicleId: 1 } },
  { method: 'GET', path: '/api/v1/settings/rules', roles: READ },
  { method: 'PUT', path: '/api/v1/settings/rules', roles: ['admin'], body: { timeZone: 1 } },
  { method: 'GET', path: '/api/v1/settings/rules/versions', roles: READ },
];

const pathFor = ({ path, id, query = '' }: Endpoint, fleet: TestFleet) =>
  path.replace('{id}', id ? fleet[id] : '1').replace('{vehicleId}', fleet.vehicleId) + query;

test('this table has every endpoint of the OpenAPI document and no other', async () => {
  const { paths } = (await api.request('GET', '/openapi.json')).json as { paths: Record<string, object> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
});

describe.each(ENDPOINTS)('$method $path', (endpoint) => {
  const allowed = endpoint.roles === 'public' ? EVERYBODY : endpoint.roles;

  test.each(roles.options)(`as %s is ${allowed.join(', ')} only`, async (role) => {
    // South's ids: a role that may act finds nothing there, and so changes nothing.
    const target = endpoint.method === 'GET' ? north : south;
    const answer = await api.request(endpoint.method, pathFor(endpoint, target), {
      token: endpoint.roles === 'public' ? undefined : await api.tokenOf('north', role),
      body: endpoint.body,
    });
    expect(answer.status).toBeLessThan(500);
    const refusal = [401, 403].includes(answer.status) ? answer.json.code : null;
    // A log-in with a wrong password and a refresh without a token are refused, but not for the role.
    const expected =
      endpoint.roles === 'public' ? refusal : allowed.includes(role) ? null : 'role_not_allowed';
    expect(refusal).toBe(expected);
    expect(refusal === 'role_not_allowed').toBe(!allowed.includes(role));
  });

  test('without a token, or with a forged one, is closed unless it is public', async () => {
    if (endpoint.roles === 'public') return;
    for (const token of [undefined, 'forged', `${await api.tokenOf('north', 'admin')}x`]) {
      const answer = await api.request(endpoint.method, pathFor(endpoint, north), {
        token,
        body: endpoint.body,
      });
      expect(answer.status).toBe(401);
      expect(answer.json.code).toBe('not_signed_in');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('with an id of another operator finds nothing', async () => {
    if (!endpoint.id) return;
    const token = await api.tokenOf('north', 'admin');
    const answer = await api.request(endpoint.method, pathFor(endpoint, south), {
      token,
      body: endpoint.body,
    });
    expect(answer.status).toBe(404);
    const nowhere = { ...endpoint, path: endpoint.path.replace('{id}', '888888888') };
    const nothing = await api.request(endpoint.method, pathFor(nowhere, south), {
      token,
      body: endpoint.body,
    });
    expect(nothing.status).toBe(404);
    expect(answer.json.code).toBe(nothing.json.code);
  });
});

test('what was tried above left the other operator’s device in its vehicle and active, and its gateway as it was', async () => {
  const token = await api.tokenOf('south', 'fleet');
  const gateway = (await api.request('GET', `/api/v1/gateways/${south.gatewayId}`, { token })).json;
  expect(gateway).toMatchObject({ status: 'active', speaksFor: 'listed', listedDevices: 1 });
  const device = (await api.request('GET', `/api/v1/devices/${south.deviceId}`, { token })).json;
  expect(device.status).toBe('active');
  expect(device.vehicle).toEqual({ id: south.vehicleId, label: 'Boda' });
});

test('what was tried above left the other operator’s geofence, group and speed limit as they were', async () => {
  const token = await api.tokenOf('south', 'fleet');
  const get = async (path: string) => (await api.request('GET', `/api/v1/${path}`, { token })).json;
  expect(await get(`geofences/${south.geofenceId}`)).toMatchObject({ name: 'Yard of south', version: 1 });
  expect((await get('vehicle-groups')).items).toMatchObject([
    { id: south.groupId, name: 'Group of south', vehicles: 1 },
  ]);
  expect((await get('speed-limits')).items).toMatchObject([{ id: south.speedLimitId, limitKmh: 80 }]);
});
