import type { Log } from '@wayleave/runtime/log.ts';
import { deleteSent } from '@wayleave/runtime/outbox/store.ts';
import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue, workerOptions } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { deleteOldKeyframes } from '@wayleave/telematics/rules/keyframe-store.ts';
import { Worker } from 'bullmq';
import type { Counter } from 'prom-client';
import {
  deleteCommands,
  deleteIdempotencyKeys,
  deleteQuarantined,
  expireCommands,
  makePositionPartitions,
} from '../maintenance-store.ts';
import {
  keepSharedRetention,
  SWEEP_EVERY_MS,
  sortOldPartitions,
  sweepPositions,
} from '../position-retention.ts';
import { resumeReplays, trimQuarantine } from '../quarantine-upkeep.ts';
import { resumeRuleReplays } from '../rule-replay-upkeep.ts';

const QUEUE = 'maintenance';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Days of partitions made ahead: as long as nobody may notice that this job stopped. */
const PARTITION_DAYS_AHEAD = 7;
/** A sent outbox row is what tells a replayed change that it was told already. */
const KEEP_SENT_DAYS = 7;
const KEEP_IDEMPOTENCY_KEYS_HOURS = 24;
/** Long enough to mend a tracker's configuration and to ask for what it sent. */
const KEEP_QUARANTINED_DAYS = 90;
/** What trackers were asked, and what they said. */
const KEEP_COMMANDS_DAYS = 90;
/** A fix that comes later than the first is run through the rules from one of its day or the day before; none comes later than the second. */
const KEEP_KEYFRAMES = { keepAllDays: 14, keepDays: 401 };
/** Rows deleted in one statement, so that none holds its locks for long. */
const DELETE_LIMIT = 5_000;

/** What is done by the clock, by name: how often, and what. */
const tasks: Record<string, { everyMs: number; run: (pool: Pool, log: Log) => Promise<number> }> = {
  'make-position-partitions': {
    everyMs: HOUR_MS,
    run: (pool) => makePositionPartitions(pool, PARTITION_DAYS_AHEAD),
  },
  'delete-sent-outbox-rows': {
    everyMs: HOUR_MS,
    run: (pool) =>
      untilFewer(() =>
        inTransaction(pool, (connection) => deleteSent(connection, KEEP_SENT_DAYS, DELETE_LIMIT)),
      ),
  },
  'delete-quarantined': {
    everyMs: HOUR_MS,
    run: (pool) => untilFewer(() => deleteQuarantined(pool, KEEP_QUARANTINED_DAYS, DELETE_LIMIT)),
  },
  'expire-commands': {
    everyMs: 10 * MINUTE_MS,
    run: (pool) => untilFewer(() => expireCommands(pool, DELETE_LIMIT)),
  },
  'delete-commands': {
    everyMs: HOUR_MS,
    run: (pool) => untilFewer(() => deleteCommands(pool, KEEP_COMMANDS_DAYS, DELETE_LIMIT)),
  },
  'trim-quarantine': {
    everyMs: 10 * MINUTE_MS,
    run: (pool, log) => trimQuarantine(pool, log),
  },
  'resume-replays': {
    everyMs: 10 * MINUTE_MS,
    run: (pool) => resumeReplays(pool),
  },
  'resume-rule-replays': {
    everyMs: MINUTE_MS,
    run: (pool) => resumeRuleReplays(pool),
  },
  'delete-rule-keyframes': {
    everyMs: HOUR_MS,
    run: (pool) =>
      untilFewer(() =>
        inTransaction(pool, (connection) => deleteOldKeyframes(connection, KEEP_KEYFRAMES, DELETE_LIMIT)),
      ),
  },
  'keep-shared-position-retention': {
    everyMs: HOUR_MS,
    run: (pool, log) => keepSharedRetention(pool, log, Date.now()),
  },
  'sort-old-partitions': {
    everyMs: HOUR_MS,
    run: (pool, log) => sortOldPartitions(pool, log, Date.now()),
  },
  'sweep-positions': {
    everyMs: SWEEP_EVERY_MS,
    run: (pool, log) => sweepPositions(pool, log, Date.now()),
  },
  'delete-idempotency-keys': {
    everyMs: HOUR_MS,
    run: (pool) => untilFewer(() => deleteIdempotencyKeys(pool, KEEP_IDEMPOTENCY_KEYS_HOURS, DELETE_LIMIT)),
  },
};

async function untilFewer(deleteSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteSome();
    total += deleted;
    if (deleted < DELETE_LIMIT) return total;
  }
}

/** Schedules the tasks, once for all `jobs` processes, and works them off. */
export async function startMaintenance(options: {
  redis: Redis;
  workerRedis: Redis;
  pool: Pool;
  log: Log;
  affectedTotal: Counter<'task'>;
}): Promise<{ close(): Promise<void> }> {
  const { redis, workerRedis, pool, log, affectedTotal } = options;
  const queue = createQueue(QUEUE, redis);
  for (const [name, { everyMs }] of Object.entries(tasks)) {
    await queue.upsertJobScheduler(name, { every: everyMs }, { name });
  }
  const worker = new Worker(
    QUEUE,
    async ({ name }) => {
      const affected = await tasks[name]!.run(pool, log);
      affectedTotal.inc({ task: name }, affected);
      log.info({ task: name, affected }, 'maintenance done');
    },
    { connection: workerRedis, ...workerOptions },
  );
  worker.on('failed', (job, error) => log.error({ err: error, task: job?.name }, 'maintenance failed'));
  // It repeats what its connection says, which is logged where that is made.
  worker.on('error', () => {});
  return {
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}
