import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ApiUnderTest, PASSWORD, startApi } from './test/api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis() });
});
afterAll(async () => await api.close());

const logIn = async (email: string, password = PASSWORD) =>
  await api.request('POST', '/api/v1/auth/login', { body: { email, password } });
const refresh = async (refreshToken: string) =>
  await api.request('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
const me = async (token: string) => await api.request('GET', '/api/v1/me', { token });

/** Makes the grace after the last rotation over, as waiting for it would. */
const endGrace = async (refreshToken: string) =>
  await api.redis.hset(`session:${refreshToken.split('.')[0]}`, 'rotatedAtMs', Date.now() - 60_000);

test('a log-in gives tokens and says who the user is, whatever the case of the address', async () => {
  const { status, json, headers } = await logIn(' Fleet@North.Example ');
  expect(status).toBe(200);
  expect(json.expiresInS).toBe(600);
  expect(json.user).toEqual({
    id: expect.any(String),
    email: 'fleet@north.example',
    name: 'fleet of north',
    role: 'fleet',
    operator: { id: api.operatorIds.north, name: 'north' },
  });
  expect(headers.get('cache-control')).toBe('no-store');
  expect((await me(json.accessToken)).json).toEqual(json.user);
});

test('a wrong password and an unknown address get the same answer', async () => {
  const wrong = await logIn('fleet@north.example', 'wrong');
  const unknown = await logIn('nobody@north.example', 'wrong');
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  const { instance: _, ...wrongProblem } = wrong.json;
  const { instance: __, ...unknownProblem } = unknown.json;
  expect(wrongProblem).toEqual(unknownProblem);
  expect(wrongProblem.code).toBe('invalid_credentials');
});

test('the refresh token comes as a cookie for the log-in routes that scripts cannot read', async () => {
  const { headers, json } = await logIn('fleet@north.example');
  const cookie = headers.get('set-cookie')!;
  expect(cookie).toContain(`wayleave_refresh=${json.refreshToken}`);
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/auth'])
    expect(cookie).toContain(attribute);
  const refreshed = await api.request('POST', '/api/v1/auth/refresh', {
    headers: { cookie: cookie.split(';')[0]!, 'content-type': 'application/json' },
  });
  expect(refreshed.status).toBe(200);
  expect(refreshed.headers.get('set-cookie')).toMatch(/^wayleave_refresh=[^;]{60,}/);
  expect(refreshed.headers.get('set-cookie')).not.toContain(json.refreshToken);
  // A script in the page can make this request too; it must not be given what the cookie hides.
  expect(refreshed.json).not.toHaveProperty('refreshToken');
  expect(Object.keys(refreshed.json).sort()).toEqual(['accessToken', 'expiresInS', 'user']);
});

test('control characters in an address are refused before the database sees them', async () => {
  for (const email of ['a\u0000@north.example', 'a\n@north.example', 'fleet@north.example\u0085']) {
    const answer = await logIn(email);
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('invalid_request');
  }
});

test('a log-out by the token before the last, as after a lost answer, ends the session too', async () => {
  const before = (await logIn('fleet@north.example')).json;
  const current = (await refresh(before.refreshToken)).json;
  await api.request('POST', '/api/v1/auth/logout', { body: { refreshToken: before.refreshToken } });
  expect((await me(current.accessToken)).json.code).toBe('not_signed_in');
  expect((await refresh(current.refreshToken)).json.code).toBe('session_ended');
});

test('a database that is away, however long, costs nobody the refresh token', async () => {
  const { refreshToken } = (await logIn('fleet@north.example')).json;
  const outage = vi.spyOn(api.appPool, 'connect').mockImplementation(() => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  });
  try {
    expect((await refresh(refreshToken)).status).toBe(503);
    await endGrace(refreshToken);
    expect((await refresh(refreshToken)).status).toBe(503);
  } finally {
    outage.mockRestore();
  }
  const answer = await refresh(refreshToken);
  expect(answer.status).toBe(200);
  expect((await me(answer.json.accessToken)).status).toBe(200);
});

test('a refresh gives new tokens, and each refresh token is good for one', async () => {
  const first = (await logIn('fleet@north.example')).json;
  const second = (await refresh(first.refreshToken)).json;
  const third = (await refresh(second.refreshToken)).json;
  expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
  expect((await me(third.accessToken)).status).toBe(200);
});

test('a refresh token that comes back later ends the session for the thief and for the user', async () => {
  const stolen = (await logIn('fleet@north.example')).json;
  const current = (await refresh(stolen.refreshToken)).json;
  await endGrace(stolen.refreshToken);
  const reuse = await refresh(stolen.refreshToken);
  expect(reuse.status).toBe(401);
  expect(reuse.json.code).toBe('refresh_token_reused');
  expect((await refresh(current.refreshToken)).json.code).toBe('session_ended');
  expect((await me(current.accessToken)).status).toBe(401);
});

test('two tabs that refresh at the same moment get the same token and stay logged in', async () => {
  const { refreshToken } = (await logIn('fleet@north.example')).json;
  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const successors = new Set(answers.map(({ json }) => json.refreshToken));
  expect(successors.size).toBe(1);
  expect((await refresh(answers[0].json.refreshToken)).status).toBe(200);
});

test('the grace of ten seconds does not keep a thief in: the second use of the shared token ends the session', async () => {
  const { refreshToken } = (await logIn('fleet@north.example')).json;
  const user = (await refresh(refreshToken)).json;
  const thief = (await refresh(refreshToken)).json;
  expect(thief.refreshToken).toBe(user.refreshToken);
  await refresh(thief.refreshToken);
  await endGrace(thief.refreshToken);
  expect((await refresh(user.refreshToken)).json.code).toBe('refresh_token_reused');
});

test('a token before the last is refused even within the grace', async () => {
  const first = (await logIn('fleet@north.example')).json;
  const second = (await refresh(first.refreshToken)).json;
  await refresh(second.refreshToken);
  expect((await refresh(first.refreshToken)).json.code).toBe('refresh_token_reused');
});

test('a refresh token that nobody made is refused', async () => {
  for (const token of ['x', `${'A'.repeat(22)}.${'A'.repeat(43)}`]) {
    expect((await refresh(token)).json.code).toBe('session_ended');
  }
  expect((await api.request('POST', '/api/v1/auth/refresh')).json.code).toBe('not_signed_in');
});

test('a log-out counts at once, for the access token too', async () => {
  const session = (await logIn('fleet@north.example')).json;
  const out = await api.request('POST', '/api/v1/auth/logout', {
    body: { refreshToken: session.refreshToken },
  });
  expect(out.status).toBe(204);
  expect(out.headers.get('set-cookie')).toContain('wayleave_refresh=;');
  expect((await me(session.accessToken)).json.code).toBe('not_signed_in');
  expect((await refresh(session.refreshToken)).json.code).toBe('session_ended');
});

test('a log-out by the access token alone ends its session and no other', async () => {
  const [one, other] = [(await logIn('fleet@north.example')).json, (await logIn('fleet@north.example')).json];
  await api.request('POST', '/api/v1/auth/logout', { token: one.accessToken });
  expect((await me(one.accessToken)).status).toBe(401);
  expect((await me(other.accessToken)).status).toBe(200);
});

test('a disabled user cannot log in, refresh or look at anything', async () => {
  const session = (await logIn('agent@south.example')).json;
  const { asOperator } = await import('@wayleave/runtime/postgres.ts');
  const setDisabled = async (sql: string) =>
    await asOperator(api.appPool, api.operatorIds.south, async (connection) => {
      await connection.query(`UPDATE users SET disabled_at = ${sql} WHERE email = 'agent@south.example'`);
    });
  await setDisabled('now()');
  expect((await logIn('agent@south.example')).json.code).toBe('invalid_credentials');
  expect((await me(session.accessToken)).json.code).toBe('not_signed_in');
  expect((await refresh(session.refreshToken)).json.code).toBe('session_ended');
  await setDisabled('null');
});

test('neither a password nor a refresh token is in Redis', async () => {
  const { refreshToken } = (await logIn('fleet@north.example')).json;
  const secret = refreshToken.split('.')[1];
  const kept: string[] = [];
  for (const key of await api.redis.keys('*')) {
    kept.push(key);
    const type = await api.redis.type(key);
    if (type === 'hash') kept.push(JSON.stringify(await api.redis.hgetall(key)));
    if (type === 'string') kept.push((await api.redis.get(key))!);
  }
  const text = kept.join('\n');
  expect(text).toContain('session:');
  expect(text).not.toContain(secret);
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain('fleet@north.example');
});

test('a user keeps fifty sessions; the one that was not used for longest goes first', async () => {
  const first = (await logIn('admin@south.example')).json;
  const userKey = `sessions-of:${first.user.id}`;
  // Older sessions, as fifty log-ins would have left them.
  for (let index = 0; index < 49; index += 1) {
    await api.redis.zadd(userKey, Date.now() - 1_000 + index, `older-${index}`);
    await api.redis.hset(`session:older-${index}`, 'userId', first.user.id);
  }
  expect(await api.redis.zcard(userKey)).toBe(50);
  await logIn('admin@south.example');
  expect(await api.redis.zcard(userKey)).toBe(50);
  expect(await api.redis.exists('session:older-0')).toBe(0);
  expect(await api.redis.exists('session:older-1')).toBe(1);
  expect((await me(first.accessToken)).status).toBe(200);
});

test('after five wrong passwords each further try must wait, and longer each time', async () => {
  const email = 'customer@south.example';
  for (let attempt = 0; attempt < 5; attempt += 1) expect((await logIn(email, 'wrong')).status).toBe(401);
  const blocked = await logIn(email, PASSWORD);
  expect(blocked.status).toBe(429);
  expect(blocked.json.code).toBe('too_many_attempts');
  expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  // Somebody else is not held up.
  expect((await logIn('customer@north.example')).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await logIn(email, 'wrong')).status).toBe(401);
  expect(Number((await logIn(email)).headers.get('retry-after'))).toBe(2);
});

test('guesses that are sent at once do not slip through together', async () => {
  const email = 'agent@north.example';
  const answers = await Promise.all(Array.from({ length: 30 }, async () => await logIn(email, 'wrong')));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
});
