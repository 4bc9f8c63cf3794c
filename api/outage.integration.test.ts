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

test('without PostgreSQL requests are answered 503 and readiness names it', async () => {
  await database.drop();
  const ready = await api.request('GET', '/health/ready');
  expect(ready.status).toBe(503);
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
  const ready = await api.request('GET', '/health/ready');
  expect(ready.json.dependencies.redis.ok).toBe(false);
  expect((await api.request('GET', '/health/live')).status).toBe(200);
});
