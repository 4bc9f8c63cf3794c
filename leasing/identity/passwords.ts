import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { loginBusy } from './errors.ts';

/**
 * OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 25 ms of one core.
 * The algorithm is the library's default (its enum cannot be imported by stripped TypeScript);
 * a test reads it back from the hash.
 */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A flood of log-ins takes at most half of the cores, and 19 MiB for each. */
const MAX_CONCURRENT_HASHES = Math.max(1, Math.floor(availableParallelism() / 2));

/** Log-ins that may wait for their turn: a few seconds' worth, after which the caller should go. */
const MAX_WAITING_HASHES = 100;

export interface Passwords {
  /** A PHC string with its own salt and parameters. */
  hash(password: string): Promise<string>;
  /**
   * Compares in time that does not depend on whether there is a user: without a stored hash it
   * verifies against that of a password nobody knows, and answers false.
   */
  matches(storedHash: string | undefined, password: string): Promise<boolean>;
}

export function createPasswords(maxWaiting: number = MAX_WAITING_HASHES): Passwords {
  const nobodys = hash(randomBytes(32), ARGON2ID);
  // Awaited at the first log-in; until then a failure must not count as unhandled.
  nobodys.catch(() => undefined);
  let running = 0;
  const waiting: (() => void)[] = [];

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= MAX_CONCURRENT_HASHES) {
      if (waiting.length >= maxWaiting) throw loginBusy();
      // Whoever finishes hands over its place, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };

  return {
    hash: async (password) => await inTurn(async () => await hash(password, ARGON2ID)),
    matches: async (storedHash, password) =>
      await inTurn(async () => {
        const matched = await verify(storedHash ?? (await nobodys), password);
        return matched && storedHash !== undefined;
      }),
  };
}
