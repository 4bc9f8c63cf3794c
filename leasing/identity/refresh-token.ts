import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * A refresh token is `<session id>.<secret>`: the id (128 bits) finds the session, the secret
 * (256 bits) proves the right to it. Redis keeps the secret's SHA-256 alone; no salt or slow hash
 * is needed, as nobody can guess 256 random bits.
 */
export interface RefreshToken {
  sessionId: string;
  secret: Buffer;
}

const PATTERN = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export const newSessionId = (): string => randomBytes(16).toString('base64url');

export const newSecret = (): Buffer => randomBytes(32);

export function formatRefreshToken({ sessionId, secret }: RefreshToken): string {
  return `${sessionId}.${secret.toString('base64url')}`;
}

/** Undefined for whatever is not shaped like a refresh token. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  return { sessionId: match[1]!, secret: Buffer.from(match[2]!, 'base64url') };
}

export const hashSecret = (secret: Buffer): string => createHash('sha256').update(secret).digest('base64url');

/**
 * The secret that replaces `secret`. Who holds the old one and is shown the same `nonce` (256
 * random bits, kept by Redis) gets the same successor: that is how a repeated refresh within the
 * grace gets the very token that the first one got, although only its hash is stored.
 */
export function successorOf(secret: Buffer, nonce: Buffer): Buffer {
  return createHmac('sha256', secret).update(nonce).digest();
}
