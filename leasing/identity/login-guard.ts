import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { tooManyAttempts } from './errors.ts';

export interface LoginLimits {
  /** Log-ins from one network address per minute, right or wrong. */
  perAddressPerMinute: number;
  /** Failures of one e-mail address from one network address before each further one must wait. */
  freeFailures: number;
  /** The first wait; it doubles with each failure, up to the longest. */
  firstWaitMs: number;
  longestWaitMs: number;
}

export const LOGIN_LIMITS: LoginLimits = {
  perAddressPerMinute: 60,
  freeFailures: 5,
  firstWaitMs: 1_000,
  longestWaitMs: 15 * 60_000,
};

const MINUTE_MS = 60_000;

/**
 * Counts the attempt before the password is looked at, so that attempts sent at once cannot all
 * slip through. Answers the milliseconds to wait, 0 to go on.
 * KEYS: address, e-mail and address.
 * ARGV: now ms, per minute, minute ms, free failures, first wait ms, longest wait ms.
 */
const ADMIT_SCRIPT = `
local now = tonumber(ARGV[1])
local seen = redis.call('INCR', KEYS[1])
if seen == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
if seen > tonumber(ARGV[2]) then return redis.call('PTTL', KEYS[1]) end
local state = redis.call('HMGET', KEYS[2], 'failures', 'waitUntilMs')
local wait = tonumber(state[2] or 0) - now
if wait > 0 then return wait end
local failures = tonumber(state[1] or 0) + 1
local pause = 0
if failures >= tonumber(ARGV[4]) then
  pause = math.min(tonumber(ARGV[5]) * 2 ^ math.min(failures - ARGV[4], 30), tonumber(ARGV[6]))
end
redis.call('HSET', KEYS[2], 'failures', failures, 'waitUntilMs', string.format('%.0f', now + pause))
redis.call('PEXPIRE', KEYS[2], ARGV[6])
return 0`;

/** One customer's IPv6 addresses count as one: they come by the /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

export interface LoginGuard {
  /** @throws `too_many_attempts` with the seconds to wait */
  admit(email: string, address: string): Promise<void>;
  /** The log-in was right: its failures are forgotten. */
  succeeded(email: string, address: string): Promise<void>;
}

/** Slows down guessing, per e-mail address and network; a stranger elsewhere locks nobody out. */
export function createLoginGuard(
  redis: Redis,
  limits: LoginLimits = LOGIN_LIMITS,
  nowMs: () => number = Date.now,
): LoginGuard {
  // Hashed, because people type passwords into the e-mail field.
  const failuresKey = (email: string, network: string) =>
    `login-failures:${createHash('sha256').update(`${email}\n${network}`).digest('base64url')}`;
  return {
    admit: async (email, address) => {
      const network = networkOf(address);
      const waitMs = (await redis.eval(
        ADMIT_SCRIPT,
        2,
        `login-attempts:${network}`,
        failuresKey(email, network),
        nowMs(),
        limits.perAddressPerMinute,
        MINUTE_MS,
        limits.freeFailures,
        limits.firstWaitMs,
        limits.longestWaitMs,
      )) as number;
      if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1000));
    },
    succeeded: async (email, address) => {
      await redis.del(failuresKey(email, networkOf(address)));
    },
  };
}
