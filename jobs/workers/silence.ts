import type { Log } from '@wayleave/runtime/log.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue, workerOptions } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { sweepSilences } from '@wayleave/telematics/silence/sweep.ts';
import { Worker } from 'bullmq';
import { Counter, Gauge, type Registry } from 'prom-client';

const QUEUE = 'silence';
/** How much later than its time a silence may be told. */
const SWEEP_EVERY_MS = 30_000;
/** Jobs that are kept to be looked at; what a sweep that failed left undone the next one does. */
const KEPT_JOBS = 100;

interface SilenceMetrics {
  told: Counter<'change' | 'class'>;
  silent: Gauge<'class'>;
  held: Gauge;
  sweepSeconds: Gauge;
}

function silenceMetrics(registry: Registry): SilenceMetrics {
  const registers = [registry];
  return {
    told: new Counter({
      name: 'wayleave_jobs_silences_total',
      help: 'Changes of silences told, by class',
      labelNames: ['change', 'class'],
      registers,
    }),
    silent: new Gauge({
      name: 'wayleave_jobs_silent_devices',
      help: 'Silences that last, by class; of expected_sleep nobody is told',
      labelNames: ['class'],
      registers,
    }),
    held: new Gauge({
      name: 'wayleave_jobs_silences_held',
      help: 'Silences held back because many began together or nobody listened',
      registers,
    }),
    sweepSeconds: new Gauge({
      name: 'wayleave_jobs_silence_sweep_seconds',
      help: 'How long the last sweep over all installed devices took',
      registers,
    }),
  };
}

/** Looks for devices that fell silent, once for all `jobs` processes, however often they are started. */
export async function startSilence(options: {
  redis: Redis;
  workerRedis: Redis;
  pool: Pool;
  registry: Registry;
  log: Log;
}): Promise<{ close(): Promise<void> }> {
  const { redis, workerRedis, pool, registry, log } = options;
  const metrics = silenceMetrics(registry);
  const queue = createQueue(QUEUE, redis);
  await queue.upsertJobScheduler(
    'sweep',
    { every: SWEEP_EVERY_MS },
    {
      name: 'sweep',
      opts: { attempts: 1, removeOnComplete: { count: KEPT_JOBS }, removeOnFail: { count: KEPT_JOBS } },
    },
  );
  const worker = new Worker(
    QUEUE,
    async () => {
      const startedMs = performance.now();
      const swept = await sweepSilences({ pool, redis, log }, Date.now());
      if (swept === null) return;
      metrics.sweepSeconds.set((performance.now() - startedMs) / 1_000);
      metrics.silent.reset();
      for (const [silenceClass, count] of swept.silent) metrics.silent.set({ class: silenceClass }, count);
      metrics.held.set(swept.held);
      for (const { change, event } of swept.changes) {
        const silenceClass = event.details.class;
        metrics.told.inc({ change, class: typeof silenceClass === 'string' ? silenceClass : '' });
      }
    },
    { connection: workerRedis, ...workerOptions },
  );
  worker.on('failed', (_job, error) => log.error({ err: error }, 'silent devices were not looked for'));
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return {
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}
