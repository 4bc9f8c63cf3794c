import { createTestRedis, type TestRedis } from '@wayleave/local/testing.ts';
import type { CodedError } from '@wayleave/runtime/errors.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLoginGuard } from './login-guard.ts';

let server: TestRedis;
let redis: Redis;
let nowMs = Date.parse('2026-11-20T10:00:00Z');
beforeAll(async () => {
  server = await createTestRedis();
  redis = createRedis(server.url, 'test', createLog('test', 'error'));
});
afterAll(async () => {
  redis.disconnect();
  await server.close();
});

const limits = { perAddressPerMinute: 1_000, freeFailures: 3, firstWaitMs: 1_000, longestWaitMs: 4_000 };
const guard = () => createLoginGuard(redis, limits, () => nowMs);

/** Seconds to wait as the refusal says; 0 if it was admitted. */
const attempt = async (email: string, address = '192.0.2.1', of = guard()): Promise<number> => {
  try {
    await of.admit(email, address);
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'too_many_attempts', status: 429 });
    return (error as CodedError).retryAfterS ?? 0;
  }
};

test('after the free failures each wait is twice the one before, up to the longest', async () => {
  const waits: number[] = [];
  for (let failure = 0; failure < 7; failure += 1) {
    expect(await attempt('a@x.example')).toBe(0);
    const waitS = await attempt('a@x.example');
    // What was refused is no further failure.
    if (waitS > 0) waits.push(waitS);
    nowMs += waitS * 1_000;
  }
  expect(waits).toEqual([1, 2, 4, 4, 4, 4]);
});

test('a right password forgives the failures before it', async () => {
  for (let round = 0; round < 5; round += 1) {
    expect(await attempt('b@x.example')).toBe(0);
    expect(await attempt('b@x.example')).toBe(0);
    await guard().succeeded('b@x.example', '192.0.2.1');
  }
});

test('failures from elsewhere do not lock a user out', async () => {
  for (let failure = 0; failure < 10; failure += 1) await attempt('c@x.example', '198.51.100.7');
  expect(await attempt('c@x.example', '198.51.100.7')).toBeGreaterThan(0);
  expect(await attempt('c@x.example', '192.0.2.1')).toBe(0);
});

test('an address may try so many e-mail addresses a minute, and its whole IPv6 network counts as one', async () => {
  const narrow = createLoginGuard(redis, { ...limits, perAddressPerMinute: 5 }, () => nowMs);
  const waits: number[] = [];
  for (let index = 0; index < 8; index += 1)
    waits.push(await attempt(`${index}@y.example`, `2001:db8::${index}`, narrow));
  expect(waits.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(Math.min(...waits.slice(5))).toBeGreaterThan(50);
});

test('what is counted is forgotten by itself', async () => {
  await attempt('d@x.example', '203.0.113.5');
  for (const key of await redis.keys('login-*')) expect(await redis.pttl(key)).toBeGreaterThan(0);
});
