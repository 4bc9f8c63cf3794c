import type { Log } from '@wayleave/runtime/log.ts';
import { QUEUE_PREFIX } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { RISK_QUEUE, riskEvent } from '@wayleave/telematics/risk/risk-event.ts';
import { Worker } from 'bullmq';
import type { Counter } from 'prom-client';

/** Takes risk events off their queue and tells them in the log, where operations alert on them. */
export function startRiskEvents(options: { workerRedis: Redis; log: Log; told: Counter }): {
  close(): Promise<void>;
} {
  const { workerRedis, log, told } = options;
  const worker = new Worker(
    RISK_QUEUE,
    async (job) => {
      const event = riskEvent.parse(job.data);
      log.warn({ risk: event }, 'risk detected');
      told.inc();
    },
    { connection: workerRedis, prefix: QUEUE_PREFIX, concurrency: 10 },
  );
  worker.on('failed', (job, error) => log.error({ err: error, jobId: job?.id }, 'a risk event was not told'));
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return { close: () => worker.close() };
}
