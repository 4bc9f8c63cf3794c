import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';

let api: ApiUnderTest;
let database: TestDatabase;
let redis: TestRedis;
let token: string;
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  api = await startApi({ database, redis, maxRequestsPerMinute: 50 });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => await api.close());

/** In this order: each test takes more away. */
test('an address that asks too often is told so, while health and metrics answer on', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, async () => await api.request('GET', '/api/v1/map-config')),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(10);
  expect(refused[0]!.json.code).toBe('rate_limited');
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await api.request('GET', '/health/ready')).status).toBe(200);
  expect((await api.request('GET', '/metrics')).status).toBe(200);
});

test.each([
  ['is not let in', { url: '/api/v1/vehicles', headers: { authorization: 'Bearer forged' } }, 401],
  ['asks for what is not there', { url: '/api/v1/nothing' }, 404],
  ['asks for health that is not there', { url: '/health/nothing' }, 404],
  ['sends what is not as documented', { method: 'POST', url: '/api/v1/auth/login', payload: {} }, 400],
] as const)('who %s is counted as well', async (what, request, refusal) => {
  const remoteAddress = `10.1.0.${what.length}`;
  for (let index = 0; index < 50; index += 1) {
    expect((await api.app.inject({ ...request, remoteAddress })).statusCode).toBe(refusal);
  }
  const answer = await api.app.inject({ ...request, remoteAddress });
  expect(answer.statusCode).toBe(429);
  expect(answer.json().code).toBe('rate_limited');
  expect(answer.headers['content-type']).toBe('application/problem+json');
});

test('without PostgreSQL requests are answered 503 and readiness names it', async () => {
  await database.drop();
  // An answer is good for a second.
  await expect
    .poll(async () => (await api.request('GET', '/health/ready')).status, { timeout: 5_000 })
    .toBe(503);
  const ready = await api.request('GET', '/health/ready');
  expect(ready.json.dependencies).toMatchObject({ postgres: { ok: false }, redis: { ok: true } });
  const answer = await api.app.inject({
    url: '/api/v1/vehicles',
    headers: { authorization: `Bearer ${token}` },
    remoteAddress: '10.0.0.1',
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.json().code).toBe('unavailable');
});

test('without Redis requests are answered 503 soon instead of waiting for it, and nobody is let in', async () => {
  await redis.close();
  const startedAt = performance.now();
  const answer = await api.app.inject({
    url: '/api/v1/me',
    headers: { authorization: `Bearer ${token}` },
    remoteAddress: '10.0.0.2',
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.json().code).toBe('unavailable');
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  await expect
    .poll(async () => (await api.request('GET', '/health/ready')).json.dependencies.redis.ok, {
      timeout: 5_000,
    })
    .toBe(false);
  expect((await api.request('GET', '/health/live')).status).toBe(200);
});
