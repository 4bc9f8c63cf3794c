import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobQueues, openJobQueues } from './job-queues.ts';
import { type OutboxRelay, startOutboxRelay } from './outbox-relay.ts';

const log = createLog('test', 'fatal');
let database: TestDatabase;
let testRedis: TestRedis;
let pool: Pool;
let redis: Redis;
let queues: JobQueues;

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 8 });
  redis = createRedis(testRedis.url, 'test', log);
  queues = openJobQueues(redis);
});
afterAll(async () => {
  await queues.close();
  redis.disconnect();
  await pool.end();
  await Promise.all([database.drop(), testRedis.close()]);
});

const add = (keys: string[]): Promise<void> =>
  inTransaction(pool, (connection) =>
    addToOutbox(
      connection,
      keys.map((key) => ({ operatorId: 1, queue: 'test-queue', name: 'told', key, payload: { key } })),
    ),
  );

const unsent = async (): Promise<number> =>
  Number((await pool.query('SELECT count(*) FROM outbox WHERE sent_at IS NULL')).rows[0].count);

describe('the outbox relay', () => {
  it('hands every row over exactly once, with several relays at work and one that fails now and then', async () => {
    const keys = Array.from({ length: 1_200 }, (_, at) => `event:${at}`);
    await add(keys);
    let calls = 0;
    const relays: OutboxRelay[] = Array.from({ length: 3 }, () =>
      startOutboxRelay({
        pool,
        log,
        onRelayed: () => {},
        handOver: async (queue, rows) => {
          await queues.handOver(queue, rows);
          // After the hand-over, as a crash before the commit would.
          calls += 1;
          if (calls % 3 === 1) throw new Error('crashed');
        },
      }),
    );
    await expect.poll(unsent, { timeout: 20_000 }).toBe(0);
    for (const relay of relays) await relay.close();
    const queue = createQueue('test-queue', redis);
    const jobs = await queue.getJobs(['waiting'], 0, 5_000);
    expect(jobs.map((job) => String(job.data.key)).toSorted()).toEqual(keys.toSorted());
    await queue.close();
  });

  it('adds nothing for a key that was told before', async () => {
    await add(['event:1']);
    expect(await unsent()).toBe(0);
  });
});
