import { expect, test } from 'vitest';
import { hashDeviceSecret, newDeviceSecret, verifyDeviceSecret } from './device-secret.ts';

const key = Buffer.alloc(32, 7);

test('a new secret is 32 URL-safe characters and never the same twice', () => {
  const secrets = new Set(Array.from({ length: 1_000 }, newDeviceSecret));
  expect(secrets.size).toBe(1_000);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
});

test('a hash verifies the secret that it was made of and no other', () => {
  const secret = newDeviceSecret();
  const hash = hashDeviceSecret(key, secret);
  expect(hash).toHaveLength(32);
  expect(verifyDeviceSecret(key, secret, hash)).toBe(true);
  expect(verifyDeviceSecret(key, `${secret}x`, hash)).toBe(false);
  expect(verifyDeviceSecret(key, '', hash)).toBe(false);
});

test('a hash is worth nothing under another key', () => {
  const secret = newDeviceSecret();
  const hash = hashDeviceSecret(key, secret);
  expect(verifyDeviceSecret(Buffer.alloc(32, 8), secret, hash)).toBe(false);
});

test('a stored hash of a wrong length is refused instead of failing', () => {
  expect(verifyDeviceSecret(key, 'secret', Buffer.alloc(3))).toBe(false);
});

test('the hash is HMAC-SHA-256, so that another program could check it', () => {
  // RFC 4231, test case 2.
  const hash = hashDeviceSecret(Buffer.from('Jefe'), 'what do ya want for nothing?');
  expect(hash.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});
