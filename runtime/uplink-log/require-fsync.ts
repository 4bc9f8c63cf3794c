import type { Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';

/**
 * A PUBACK promises that the message is on disk, which Redis keeps only with `appendonly yes`
 * and `appendfsync always`. Where the server does not let itself be asked (some hosted ones),
 * the promise cannot be checked, and the operator has to say so with `UPLINK_FSYNC=warn`.
 * @throws when `mode` is `require` and the settings are others, or unknown
 */
export async function requireFsync(redis: Redis, mode: 'require' | 'warn', log: Log): Promise<void> {
  const problem = await fsyncProblem(redis);
  if (problem === null) return;
  const message = `an acknowledged message may be lost: ${problem}`;
  if (mode === 'require') {
    throw new Error(`${message}. Set both in Redis, or accept the risk with UPLINK_FSYNC=warn.`);
  }
  log.warn(message);
}

async function fsyncProblem(redis: Redis): Promise<string | null> {
  try {
    const settings = new Map<string, string>();
    for (const name of ['appendonly', 'appendfsync', 'no-appendfsync-on-rewrite']) {
      const [, value] = (await redis.config('GET', name)) as [string, string];
      settings.set(name, value);
    }
    if (settings.get('no-appendfsync-on-rewrite') === 'yes') {
      return 'Redis does not write to disk while it rewrites its file (no-appendfsync-on-rewrite yes)';
    }
    if (settings.get('appendonly') === 'yes' && settings.get('appendfsync') === 'always') return null;
    return `Redis runs with appendonly ${settings.get('appendonly')} and appendfsync ${settings.get('appendfsync')}`;
  } catch (error) {
    return `Redis does not tell whether it writes to disk before it answers (${messageOf(error)})`;
  }
}
