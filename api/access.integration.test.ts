import { type Role, role as roles } from '@wayleave/leasing/identity/user.ts';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';
import { makeVehicle, type TestVehicle } from './test/fleet-under-test.ts';

let api: ApiUnderTest;
let north: TestVehicle;
let south: TestVehicle;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
  north = await makeVehicle(api, 'north');
  south = await makeVehicle(api, 'south');
});
afterAll(async () => await api.close());

const EVERYBODY: Role[] = ['customer', 'agent', 'fleet', 'admin'];
const READ: Role[] = ['agent', 'fleet', 'admin'];
const WRITE: Role[] = ['fleet', 'admin'];

interface Endpoint {
  method: 'GET' | 'POST';
  /** As the OpenAPI document has it. */
  path: string;
  roles: Role[] | 'public';
  /** What the id in the path is of. */
  id?: keyof TestVehicle;
  /** Right in form and refused in fact, so that an allowed call changes nothing. */
  body?: object;
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
  { method: 'GET', path: '/api/v1/quarantine', roles: READ },
];

const pathFor = ({ path, id }: Endpoint, vehicle: TestVehicle) =>
  path.replace('{id}', id ? vehicle[id] : '1');

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
    const target = endpoint.method === 'POST' ? south : north;
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
    const nothing = await api.request(endpoint.method, endpoint.path.replace('{id}', '888888888'), {
      token,
      body: endpoint.body,
    });
    expect(nothing.status).toBe(404);
    expect(answer.json.code).toBe(nothing.json.code);
  });
});

test('what was tried above left the other operator’s device in its vehicle and active', async () => {
  const token = await api.tokenOf('south', 'fleet');
  const device = (await api.request('GET', `/api/v1/devices/${south.deviceId}`, { token })).json;
  expect(device.status).toBe('active');
  expect(device.vehicle).toEqual({ id: south.vehicleId, label: 'Boda' });
});
