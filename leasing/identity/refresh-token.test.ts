import { expect, test } from 'vitest';
import {
  formatRefreshToken,
  hashSecret,
  newSecret,
  newSessionId,
  parseRefreshToken,
  successorOf,
} from './refresh-token.ts';

test('a refresh token carries its session and a secret of 256 bits', () => {
  const token = { sessionId: newSessionId(), secret: newSecret() };
  expect(token.secret).toHaveLength(32);
  expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
});

test('what is not shaped like a refresh token is not parsed', () => {
  const text = formatRefreshToken({ sessionId: newSessionId(), secret: newSecret() });
  for (const wrong of ['', 'x', `${text}a`, text.slice(1), text.replace('.', '*'), `${text}\n`]) {
    expect(parseRefreshToken(wrong)).toBeUndefined();
  }
});

test('a successor follows from the secret and the nonce together, and from neither alone', () => {
  const [secret, nonce] = [newSecret(), newSecret()];
  const successor = successorOf(secret, nonce);
  expect(successor).toHaveLength(32);
  expect(successorOf(secret, nonce).equals(successor)).toBe(true);
  expect(successorOf(newSecret(), nonce).equals(successor)).toBe(false);
  expect(successorOf(secret, newSecret()).equals(successor)).toBe(false);
});

test('the stored hash is not the secret', () => {
  const secret = newSecret();
  expect(hashSecret(secret)).not.toBe(secret.toString('base64url'));
});
