import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { openSummaryBench } from '@wayleave/telematics/summaries/testing/summary-bench.ts';
import pg from 'pg';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startDailySummaries } from './workers/daily-summaries.ts';

const DAY_MS = 86_400_000;
const log = createLog('test', 'fatal');

let database: TestDatabase;
let redisServer: TestRedis;
let owner: pg.Client;
let pool: Pool;
const clients: Redis[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  redisServer = await createTestRedis();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await pool.end();
  await owner.end();
  await Promise.all([database.drop(), redisServer.close()]);
});

const connect = (name: string): Redis => {
  const client = createRedis(redisServer.url, name, log, { maxRetriesPerRequest: null });
  clients.push(client);
  return client;
};

it('sums up what is due as soon as it starts, and a second process starts no second schedule', async () => {
  const bench = await openSummaryBench(owner, 'UTC');
  const vehicle = await bench.makeVehicle();
  const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  // Two days ago, which is closed whatever the hour.
  await bench.drive(vehicle, { fromMs: todayMs - 2 * DAY_MS, minutes: 20, metresPerMinute: 500 });
  await bench.heard(vehicle, Date.now());
  const summed = new Counter({ name: 'summed', help: 'summed', registers: [new Registry()] });
  const start = async (name: string) =>
    await startDailySummaries({
      redis: connect(name),
      workerRedis: connect(`${name}-worker`),
      pool,
      log,
      summed,
    });
  const [one, other] = [await start('one'), await start('other')];
  await vi.waitFor(async () => expect((await bench.summaries(vehicle)).length).toBe(1), 10_000);
  await vi.waitFor(async () => expect((await summed.get()).values[0]?.value).toBe(1), 10_000);
  await Promise.all([one.close(), other.close()]);
  const schedules = await connect('reader').keys('*daily-summaries:repeat*');
  expect(schedules.filter((key) => key.endsWith(':repeat')).length).toBe(1);
});
