import { type DefaultJobOptions, Queue, type QueueOptions } from 'bullmq';
import type { Redis } from './redis.ts';

/** How often a job is tried before it is a dead letter. */
const MAX_ATTEMPTS = 8;

/**
 * Failed jobs stay until someone deals with them, within a bound; completed ones stay a day, so
 * that one that is handed over again is known by its id and not done twice.
 */
export const defaultJobOptions: DefaultJobOptions = {
  attempts: MAX_ATTEMPTS,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: 24 * 3_600, count: 100_000 },
  removeOnFail: { count: 100_000 },
};

/** The keys of BullMQ begin with this; the braces keep a queue in one slot of a Redis cluster. */
export const QUEUE_PREFIX = '{wayleave}';

/**
 * What every worker is opened with, beside its connection. A process that is killed leaves its jobs to
 * others, after `lockDuration` and the next look of one of them; a job is given up only when that has
 * happened to it many times.
 */
export const workerOptions = {
  prefix: QUEUE_PREFIX,
  lockDuration: 15_000,
  stalledInterval: 10_000,
  maxStalledCount: 20,
} as const;

export function createQueue(name: string, redis: Redis): Queue {
  const options: QueueOptions = {
    connection: redis,
    prefix: QUEUE_PREFIX,
    defaultJobOptions,
  };
  const queue = new Queue(name, options);
  // It repeats what its connection says, which is logged where that is made; unheard, it would print.
  queue.on('error', () => {});
  return queue;
}
