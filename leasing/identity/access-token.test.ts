import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { ACCESS_TOKEN_TTL_S, createAccessTokens } from './access-token.ts';

const key = Buffer.alloc(32, 1);
const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const caller = { userId: '7', operatorId: '3', role: 'fleet', sessionId: 'sid' } as const;
const tokens = createAccessTokens(key, () => NOW_MS);
const notSignedIn = expect.objectContaining({ code: 'not_signed_in', status: 401 });

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = {
  iss: 'wayleave',
  aud: 'wayleave-api',
  sub: '7',
  operatorId: '3',
  role: 'fleet',
  sid: 'sid',
  iat: NOW_MS / 1000,
  exp: NOW_MS / 1000 + 60,
};

test('a signed token says who calls and until when', async () => {
  const token = await tokens.sign(caller);
  expect(await tokens.verify(token)).toEqual({ ...caller, expiresAtMs: NOW_MS + ACCESS_TOKEN_TTL_S * 1000 });
});

test('a token expires after ten minutes', async () => {
  const token = await tokens.sign(caller);
  const at = (afterS: number) => createAccessTokens(key, () => NOW_MS + afterS * 1000);
  await expect(at(599).verify(token)).resolves.toMatchObject(caller);
  await expect(at(601).verify(token)).rejects.toEqual(notSignedIn);
});

test('a token under another key is refused', async () => {
  const token = await createAccessTokens(Buffer.alloc(32, 2), () => NOW_MS).sign(caller);
  await expect(tokens.verify(token)).rejects.toEqual(notSignedIn);
});

test('a token cannot choose its algorithm', async () => {
  const body = encode(claims);
  const unsigned = `${encode({ alg: 'none', typ: 'at+jwt' })}.${body}.`;
  const head512 = encode({ alg: 'HS512', typ: 'at+jwt' });
  const signed512 = `${head512}.${body}.${createHmac('sha512', key).update(`${head512}.${body}`).digest('base64url')}`;
  await expect(tokens.verify(unsigned)).rejects.toEqual(notSignedIn);
  await expect(tokens.verify(signed512)).rejects.toEqual(notSignedIn);
});

test.each([
  ['another issuer', { iss: 'somebody' }],
  ['another audience', { aud: 'another-api' }],
  ['an unknown role', { role: 'root' }],
  ['no session', { sid: undefined }],
  ['no expiry', { exp: undefined }],
])('a token of this key with %s is refused', async (_what, change) => {
  const token = await new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .sign(key);
  await expect(tokens.verify(token)).rejects.toEqual(notSignedIn);
});

test('the same claims as they should be are accepted, so the refusals above are for their reason', async () => {
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(key);
  await expect(tokens.verify(token)).resolves.toMatchObject(caller);
});

test('what is no token at all is refused', async () => {
  for (const text of ['', 'x', 'a.b.c', `${encode({})}.${encode(claims)}.sig`]) {
    await expect(tokens.verify(text)).rejects.toEqual(notSignedIn);
  }
});
