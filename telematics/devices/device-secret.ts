import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 192 random bits in 32 URL-safe characters, which any tracker's configuration takes. */
export const newDeviceSecret = (): string => randomBytes(24).toString('base64url');

/**
 * What is stored instead of the secret: its HMAC-SHA-256 under DEVICE_SECRET_KEY, 32 bytes. A slow
 * hash would add nothing to 192 random bits and would cost a reconnecting fleet minutes of CPU; the
 * key keeps a copy of the table from being of any use.
 */
export function hashDeviceSecret(key: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', key).update(secret, 'utf8').digest();
}

/** Whether `secret` is the one of `storedHash`, in time that tells nothing about either. */
export function verifyDeviceSecret(key: Uint8Array, secret: string, storedHash: Uint8Array): boolean {
  const presented = hashDeviceSecret(key, secret);
  return storedHash.length === presented.length && timingSafeEqual(presented, storedHash);
}
