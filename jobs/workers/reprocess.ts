import type { Log } from '@wayleave/runtime/log.ts';
import { workerOptions } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import {
  REPLAY_REQUESTED,
  REPROCESS_QUEUE,
  replayRequested,
} from '@wayleave/telematics/quarantine/reprocess.ts';
import {
  type ReplayParts as RulesReplayParts,
  replayDevice,
} from '@wayleave/telematics/rules/replay/replay-device.ts';
import { RULES_REPLAY, rulesReplay } from '@wayleave/telematics/rules/replay/replay-message.ts';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { Counter } from 'prom-client';
import { type ReplayParts, replayOperator } from '../replay.ts';

/** Replays of rules wait for the database most of the time. */
const CONCURRENCY = 4;
/** Until a device is looked at again that another job is at, or that changes all the time. */
const BUSY_DELAY_MS = 1_000;
/** Of BullMQ, where none is the highest: of what has had a turn and is not done. */
const GOES_ON_PRIORITY = 1;

export interface ReprocessOptions extends ReplayParts {
  rules: Omit<RulesReplayParts, 'signal'>;
  workerRedis: Redis;
  log: Log;
  tried: Counter<'outcome'>;
  replayed: Counter<'outcome'>;
}

/** Does again what was done before something changed: reading quarantined messages, running rules. */
export function startReprocess(options: ReprocessOptions): { close(): Promise<void> } {
  const { workerRedis, log, tried, rules, replayed: replayedTotal } = options;
  const stopping = new AbortController();
  const { signal } = stopping;

  const readQuarantine = async (job: Job): Promise<void> => {
    const { operatorId } = replayRequested.parse(job.data);
    const { replayed, failed } = await replayOperator(options, operatorId, signal);
    tried.inc({ outcome: 'replayed' }, replayed);
    tried.inc({ outcome: 'failed' }, failed);
    log.info({ operatorId, replayed, failed }, 'quarantined messages were tried again');
  };

  const runRules = async (job: Job, token: string | undefined): Promise<void> => {
    const { deviceId } = rulesReplay.parse(job.data);
    const outcome = await replayDevice({ ...rules, signal }, Number(deviceId));
    replayedTotal.inc({ outcome });
    if (outcome === 'done') return;
    // Those that were told of since come first: most of them take less than a second.
    if (outcome === 'more') await job.changePriority({ priority: GOES_ON_PRIORITY });
    // Not a failure, so it takes no attempt.
    await job.moveToDelayed(Date.now() + BUSY_DELAY_MS, token);
    throw new DelayedError();
  };

  const handlers: Record<string, (job: Job, token: string | undefined) => Promise<void>> = {
    [REPLAY_REQUESTED]: readQuarantine,
    [RULES_REPLAY]: runRules,
  };
  const worker = new Worker(
    REPROCESS_QUEUE,
    async (job, token) => {
      const handle = handlers[job.name];
      if (!handle) throw new Error(`nobody knows what ${job.name} asks for`);
      await handle(job, token);
    },
    {
      connection: workerRedis,
      ...workerOptions,
      concurrency: CONCURRENCY,
    },
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
