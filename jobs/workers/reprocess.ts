import type { Log } from '@wayleave/runtime/log.ts';
import { QUEUE_PREFIX } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { REPROCESS_QUEUE, replayRequested } from '@wayleave/telematics/quarantine/reprocess.ts';
import { Worker } from 'bullmq';
import type { Counter } from 'prom-client';
import { type ReplayParts, replayOperator } from '../replay.ts';

/** Tries quarantined messages again when their operator asked for it. */
export function startReprocess(
  options: ReplayParts & { workerRedis: Redis; log: Log; tried: Counter<'outcome'> },
): { close(): Promise<void> } {
  const { workerRedis, log, tried } = options;
  const stopping = new AbortController();
  const worker = new Worker(
    REPROCESS_QUEUE,
    async (job) => {
      const { operatorId } = replayRequested.parse(job.data);
      const { replayed, failed } = await replayOperator(options, operatorId, stopping.signal);
      tried.inc({ outcome: 'replayed' }, replayed);
      tried.inc({ outcome: 'failed' }, failed);
      log.info({ operatorId, replayed, failed }, 'quarantined messages were tried again');
    },
    { connection: workerRedis, prefix: QUEUE_PREFIX },
  );
  worker.on('failed', (job, error) =>
    log.warn({ err: error, jobId: job?.id }, 'a replay was broken off; what it did not reach waits'),
  );
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return {
    close: async () => {
      stopping.abort(new Error('this process stops'));
      await worker.close();
    },
  };
}
