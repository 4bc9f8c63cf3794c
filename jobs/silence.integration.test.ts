import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { NOTHING_KNOWN } from '@wayleave/telematics/silence/listening.ts';
import { keepMemory } from '@wayleave/telematics/silence/memory-store.ts';
import { watchedFleet } from '@wayleave/telematics/silence/testing/watched-fleet.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSilence } from './workers/silence.ts';

const log = createLog('test', 'fatal');
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let redisServer: TestRedis;
let owner: pg.Client;
let pool: Pool;
let redis: Redis;

beforeAll(async () => {
  [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
  redis = createRedis(redisServer.url, 'test', log);
});
afterAll(async () => {
  redis.disconnect();
  await pool.end();
  await owner.end();
  await Promise.all([database.drop(), redisServer.close()]);
});

/** A `jobs` process, as far as silences go. */
async function startProcess() {
  const workerRedis = createRedis(redisServer.url, 'test-worker', log);
  const registry = createMetrics('jobs');
  const silence = await startSilence({ redis, workerRedis, pool, registry, log });
  return {
    metrics: () => registry.metrics(),
    async close() {
      await silence.close();
      workerRedis.disconnect();
    },
  };
}

it('looks for silent devices on one schedule, however many processes there are and however often they start', async () => {
  const fleet = watchedFleet(owner, pool);
  const device = await fleet.install(await fleet.makeOperator(), Date.now() - 24 * HOUR_MS);
  await fleet.hear(device, { atMs: Date.now() - 4 * HOUR_MS });
  const queue = createQueue('silence', redis);
  const told = async (): Promise<string[]> =>
    (await owner.query<{ class: string }>(`SELECT details ->> 'class' AS class FROM events`)).rows.map(
      (row) => row.class,
    );

  await keepMemory(redis, { ...NOTHING_KNOWN, lastSweepMs: Date.now() });
  const processes = [await startProcess(), await startProcess()];
  await expect.poll(told, { timeout: 20_000 }).toEqual(['unexplained']);
  const counted = async (metric: string): Promise<string[]> =>
    (await Promise.all(processes.map(({ metrics }) => metrics())))
      .join('\n')
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`) && line.includes('unexplained'));
  await expect
    .poll(() => counted('wayleave_jobs_silent_devices'), { timeout: 10_000 })
    .toEqual(['wayleave_jobs_silent_devices{class="unexplained",service="jobs"} 1']);
  expect(await counted('wayleave_jobs_silences_total')).toEqual([
    'wayleave_jobs_silences_total{change="detected",class="unexplained",service="jobs"} 1',
  ]);
  for (const one of processes) await one.close();

  const again = await startProcess();
  expect(await queue.getJobSchedulers()).toMatchObject([{ key: 'sweep', every: 30_000 }]);
  await again.close();
  expect(await told()).toEqual(['unexplained']);
  await queue.close();
});
