import type { Log } from '@wayleave/runtime/log.ts';
import { workerOptions } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { RISK_QUEUE, riskMessage } from '@wayleave/telematics/events/event.ts';
import { UnrecoverableError, Worker } from 'bullmq';
import type { Counter } from 'prom-client';

/** Takes messages about events off their queue and tells them in the log, where operations alert on them. */
export function startRiskEvents(options: {
  workerRedis: Redis;
  log: Log;
  told: Counter<'change' | 'severity'>;
}): { close(): Promise<void> } {
  const { workerRedis, log, told } = options;
  const worker = new Worker(
    RISK_QUEUE,
    async (job) => {
      const { data: message, error } = riskMessage.safeParse(job.data);
      // Trying again would read the same: it is a dead letter at once.
      if (error) throw new UnrecoverableError(`not a message about an event: ${error.message}`);
      const { change, severity } = message;
      // What is critical for a lessor is nothing wrong with this process.
      log.info({ risk: message }, `risk ${change}`);
      told.inc({ change, severity });
    },
    { connection: workerRedis, ...workerOptions, concurrency: 10 },
  );
  worker.on('failed', (job, error) => log.error({ err: error, jobId: job?.id }, 'a risk event was not told'));
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return { close: () => worker.close() };
}
