import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { REPROCESS_QUEUE } from '@wayleave/telematics/quarantine/reprocess.ts';
import { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { RULES_REPLAY } from '@wayleave/telematics/rules/replay/replay-message.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import pg from 'pg';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReprocess } from './workers/reprocess.ts';

const log = createLog('test', 'fatal');
/** More than one turn of a job. */
const POSITIONS = 60_000;

let database: TestDatabase;
let server: TestRedis;
let pool: Pool;
let owner: pg.Client;
let redis: Redis;
let workerRedis: Redis;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 6 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  redis = createRedis(server.url, 'test', log);
  workerRedis = createRedis(server.url, 'test-worker', log);
});
afterAll(async () => {
  redis.disconnect();
  workerRedis.disconnect();
  await pool.end();
  await owner.end();
  await Promise.all([database.drop(), server.close()]);
});

it('a replay that takes more than a turn goes on behind those that came since, under the same job', async () => {
  await owner.query(`INSERT INTO operators (name) VALUES ('one')`);
  await owner.query(
    `INSERT INTO positions (device_id, operator_id, fix_time, received_at, lat, lon)
     SELECT 1, 1, '2026-11-18Z'::timestamptz + n * INTERVAL '1 second', now(), 0.3, 32.5
     FROM generate_series(1, $1::integer) AS n`,
    [POSITIONS],
  );
  await owner.query(`SELECT request_rule_replay(1, 1, '-infinity', 'infinity')`);
  const queue = createQueue(REPROCESS_QUEUE, redis);
  const registers = [new Registry()];
  const replayed = new Counter({ name: 'replayed', help: 'replayed', labelNames: ['outcome'], registers });
  const books = new RuleBooks({ pool, log, keepMs: 86_400_000, now: Date.now });
  const worker = startReprocess({
    pool,
    uplink: createRedisUplinkLog({ redis, shardCount: 4, maxBytes: 1_000_000 }),
    adapters: createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/messages' }),
    workerRedis,
    log,
    tried: replayed,
    replayed,
    rules: {
      pool,
      engine: ruleEngine,
      bookOf: (operatorId) => books.ready(operatorId),
      now: Date.now,
      onChanged: () => {},
    },
  });
  try {
    await queue.add(RULES_REPLAY, { deviceId: '1', operatorId: '1' }, { jobId: 'long' });
    await expect
      .poll(async () => await (await queue.getJob('long'))?.getState(), { timeout: 30_000 })
      .toBe('completed');
    expect((await queue.getJob('long'))?.priority).toBe(1);
    const { values } = await replayed.get();
    expect(values.map(({ labels, value }) => [labels.outcome, value])).toEqual([
      ['more', 1],
      ['done', 1],
    ]);
    expect((await owner.query('SELECT FROM rule_replays')).rowCount).toBe(0);
  } finally {
    await worker.close();
    await queue.close();
    books.close();
  }
}, 60_000);
