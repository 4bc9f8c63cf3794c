import { randomBytes } from 'node:crypto';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { refreshTokenReused, sessionEnded } from './errors.ts';
import {
  formatRefreshToken,
  hashSecret,
  newSecret,
  newSessionId,
  parseRefreshToken,
  successorOf,
} from './refresh-token.ts';

/** A session that is not refreshed for this long has ended. */
export const SESSION_IDLE_MS = 30 * 24 * 3600 * 1000;

/**
 * For so long after a rotation the token before is answered with the same successor, instead of
 * counting as stolen: two tabs refresh at once, or an answer is lost on the way. It gives a thief
 * nothing that lasts: both then hold one token, and the second use of it after the grace ends the
 * session.
 */
export const ROTATION_GRACE_MS = 10_000;

/** The least recently used session of a user goes when one more begins. */
export const MAX_SESSIONS_PER_USER = 50;

const sessionKey = (sessionId: string) => `session:${sessionId}`;
const userKey = (userId: string) => `sessions-of:${userId}`;

/** KEYS: session, sessions of the user. ARGV: id, user, operator, hash, now ms, idle ms, maximum. */
const BEGIN_SCRIPT = `
redis.call('HSET', KEYS[1], 'userId', ARGV[2], 'operatorId', ARGV[3], 'hash', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5] - ARGV[6])
local over = redis.call('ZCARD', KEYS[2]) - ARGV[7]
if over > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, over - 1)) do redis.call('DEL', 'session:' .. id) end
  redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1)
end`;

/** KEYS: session. ARGV: id, presented hash, next hash, nonce, now ms, idle ms, grace ms. */
const ROTATE_SCRIPT = `
local s = redis.call('HMGET', KEYS[1], 'userId', 'operatorId', 'hash', 'previousHash', 'nonce', 'rotatedAtMs')
if not s[1] then return {'ended'} end
local sessions = 'sessions-of:' .. s[1]
if s[3] == ARGV[2] then
  redis.call('HSET', KEYS[1], 'hash', ARGV[3], 'previousHash', ARGV[2], 'nonce', ARGV[4], 'rotatedAtMs', ARGV[5])
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  redis.call('ZADD', sessions, ARGV[5], ARGV[1])
  redis.call('PEXPIRE', sessions, ARGV[6])
  return {'rotated', s[1], s[2], ARGV[4]}
end
if s[4] == ARGV[2] and ARGV[5] - s[6] <= tonumber(ARGV[7]) then return {'rotated', s[1], s[2], s[5]} end
redis.call('DEL', KEYS[1])
redis.call('ZREM', sessions, ARGV[1])
return {'reused'}`;

export interface Session {
  sessionId: string;
  userId: string;
  operatorId: string;
}

export interface Sessions {
  begin(userId: string, operatorId: string): Promise<{ sessionId: string; refreshToken: string }>;
  /**
   * Exchanges a refresh token for its successor.
   * @throws `session_ended`, and `refresh_token_reused` after ending the session
   */
  rotate(refreshToken: string): Promise<Session & { refreshToken: string }>;
  end(sessionId: string): Promise<void>;
  /** The session whose current refresh token, or the one before, this is; rotates nothing. */
  sessionOf(refreshToken: string): Promise<Session | undefined>;
  isAlive(sessionId: string): Promise<boolean>;
}

/**
 * Session families in Redis: one hash per log-in, under the hash of its current refresh token.
 * `redis` is shared and its commands wait while Redis is away.
 */
export function createSessions(redis: Redis, nowMs: () => number = Date.now): Sessions {
  return {
    begin: async (userId, operatorId) => {
      const sessionId = newSessionId();
      const secret = newSecret();
      const keys = [sessionKey(sessionId), userKey(userId)];
      const limits = [nowMs(), SESSION_IDLE_MS, MAX_SESSIONS_PER_USER];
      await redis.eval(
        BEGIN_SCRIPT,
        2,
        ...keys,
        sessionId,
        userId,
        operatorId,
        hashSecret(secret),
        ...limits,
      );
      return { sessionId, refreshToken: formatRefreshToken({ sessionId, secret }) };
    },

    rotate: async (refreshToken) => {
      const presented = parseRefreshToken(refreshToken);
      if (!presented) throw sessionEnded();
      const { sessionId, secret } = presented;
      const freshNonce = randomBytes(32);
      const [outcome, userId, operatorId, nonce] = (await redis.eval(
        ROTATE_SCRIPT,
        1,
        sessionKey(sessionId),
        sessionId,
        hashSecret(secret),
        hashSecret(successorOf(secret, freshNonce)),
        freshNonce.toString('base64url'),
        nowMs(),
        SESSION_IDLE_MS,
        ROTATION_GRACE_MS,
      )) as [string, string, string, string];
      if (outcome === 'ended') throw sessionEnded();
      if (outcome === 'reused') throw refreshTokenReused();
      const next = successorOf(secret, Buffer.from(nonce, 'base64url'));
      return { sessionId, userId, operatorId, refreshToken: formatRefreshToken({ sessionId, secret: next }) };
    },

    end: async (sessionId) => {
      const userId = await redis.hget(sessionKey(sessionId), 'userId');
      await redis.del(sessionKey(sessionId));
      if (userId !== null) await redis.zrem(userKey(userId), sessionId);
    },

    sessionOf: async (refreshToken) => {
      const presented = parseRefreshToken(refreshToken);
      if (!presented) return undefined;
      const { sessionId, secret } = presented;
      const [userId, operatorId, ...hashes] = await redis.hmget(
        sessionKey(sessionId),
        'userId',
        'operatorId',
        'hash',
        'previousHash',
      );
      if (!userId || !operatorId || !hashes.includes(hashSecret(secret))) return undefined;
      return { sessionId, userId, operatorId };
    },

    isAlive: async (sessionId) => (await redis.exists(sessionKey(sessionId))) === 1,
  };
}
