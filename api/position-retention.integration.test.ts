import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { DEFAULT_RETENTION } from '@wayleave/telematics/positions/retention/retention.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
});
afterAll(async () => await api.close());

const PATH = '/api/v1/settings/position-retention';
const read = async (operator: OperatorName) =>
  await api.request('GET', PATH, { token: await api.tokenOf(operator, 'agent') });
const write = async (body: unknown) =>
  await api.request('PUT', PATH, { token: await api.tokenOf('north', 'admin'), body });

test('an operator has the defaults until it sets its own, and nobody else’s', async () => {
  expect((await read('north')).json).toEqual({ ...DEFAULT_RETENTION, updatedAt: null });
  const set = await write({ keepDays: 90, compressAfterDays: 3 });
  expect(set.status).toBe(200);
  expect(set.json).toEqual({ keepDays: 90, compressAfterDays: 3, updatedAt: expect.any(String) });
  expect((await read('north')).json).toEqual(set.json);
  expect((await write({ keepDays: 4_000, compressAfterDays: 3 })).json.keepDays).toBe(4_000);
  expect((await read('south')).json).toEqual({ ...DEFAULT_RETENTION, updatedAt: null });
});

test.each([
  { keepDays: 0, compressAfterDays: 7 },
  { keepDays: 4_001, compressAfterDays: 7 },
  { keepDays: 90.5, compressAfterDays: 7 },
  { keepDays: 90, compressAfterDays: 2 },
  { keepDays: 90 },
  { keepDays: 90, compressAfterDays: 7, keepForever: true },
])('%j is refused', async (body) => {
  const answer = await write(body);
  expect(answer.status).toBe(400);
  expect(answer.json.code).toBe('invalid_request');
});
