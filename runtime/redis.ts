import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from './log.ts';

export type { Redis } from 'ioredis';

/**
 * A connection to `redis://`, `rediss://` or `unix:/path`. It reconnects for as long as the
 * process lives; a command given while it is down waits for it, unless `options` say otherwise.
 */
export function createRedis(url: string, name: string, log: Log, options: RedisOptions = {}): Redis {
  const settings: RedisOptions = {
    connectionName: `wayleave-${name}`,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 50, 1_000),
    ...options,
  };
  const redis = url.startsWith('unix:')
    ? new Redis({ ...settings, path: url.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') })
    : new Redis(url, settings);
  let down = false;
  redis.on('error', (error: Error) => {
    // One line when it goes and one when it is back, however often it retries in between.
    if (!down) log.warn({ err: error, redis: name }, 'Redis is not reachable');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({ redis: name }, 'Redis is back');
    down = false;
  });
  return redis;
}

/** How long commands that were given may take to be answered when a connection is closed. */
const QUIT_TIMEOUT_MS = 2_000;

/** Closes in order where the server answers, and at once where it is away. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await Promise.race([redis.quit(), sleep(QUIT_TIMEOUT_MS)]);
  redis.disconnect();
}
