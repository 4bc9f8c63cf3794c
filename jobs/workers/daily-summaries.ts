import type { Log } from '@wayleave/runtime/log.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue, workerOptions } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { sumUpDays } from '@wayleave/telematics/summaries/sum-up.ts';
import { Worker } from 'bullmq';
import type { Counter } from 'prom-client';

const QUEUE = 'daily-summaries';
const EVERY_MS = 5 * 60_000;

/** Sums up the vehicles' days that closed, or changed, every few minutes; once for all `jobs` processes. */
export async function startDailySummaries(options: {
  redis: Redis;
  workerRedis: Redis;
  /** Of role `wayleave_jobs`. */
  pool: Pool;
  log: Log;
  summed: Counter;
}): Promise<{ close(): Promise<void> }> {
  const { redis, workerRedis, pool, log, summed } = options;
  const stopping = new AbortController();
  const queue = createQueue(QUEUE, redis);
  await queue.upsertJobScheduler(QUEUE, { every: EVERY_MS }, { name: QUEUE });
  const worker = new Worker(
    QUEUE,
    async () => {
      const stored = await sumUpDays({ pool, nowMs: Date.now(), signal: stopping.signal });
      summed.inc(stored);
      if (stored > 0) log.info({ stored }, 'days were summed up');
    },
    { connection: workerRedis, ...workerOptions },
  );
  worker.on('failed', (_job, error) => {
    // What was asked to stop goes on from there when it is started again.
    if (!stopping.signal.aborted) log.error({ err: error }, 'days could not be summed up');
  });
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return {
    close: async () => {
      stopping.abort();
      await worker.close();
      await queue.close();
    },
  };
}
