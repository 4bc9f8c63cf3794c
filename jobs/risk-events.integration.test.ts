import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog, type Log } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createDeadLetters, type DeadLetters } from '@wayleave/telematics/events/dead-letter-store.ts';
import type { EventDraft } from '@wayleave/telematics/events/draft.ts';
import { RISK_QUEUE, type RiskMessage } from '@wayleave/telematics/events/event.ts';
import { ended, idOf, overspeedDraft, START_MS } from '@wayleave/telematics/events/testing/event-drafts.ts';
import { recordFindings, retractEvents } from '@wayleave/telematics/events/write-store.ts';
import pg from 'pg';
import { Counter } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type JobQueues, openJobQueues } from './job-queues.ts';
import { type OutboxRelay, startOutboxRelay } from './outbox-relay.ts';
import { startRiskEvents } from './workers/risk-events.ts';

const log = createLog('test', 'fatal');
const told = new Counter({
  name: 'told',
  help: 'told',
  labelNames: ['change', 'severity'],
  registers: [createMetrics('test')],
});
/** What the worker said, in order. */
const said: { level: 'info' | 'warn'; risk: RiskMessage; text: string }[] = [];
const listening = {
  info: ({ risk }: { risk: RiskMessage }, text: string) => void said.push({ level: 'info', risk, text }),
  warn: ({ risk }: { risk: RiskMessage }, text: string) => void said.push({ level: 'warn', risk, text }),
  error: () => {},
} as unknown as Log;

let database: TestDatabase;
let redisServer: TestRedis;
let owner: pg.Client;
let pool: Pool;
let redis: Redis;
let workerRedis: Redis;
let queues: JobQueues;
let queue: ReturnType<typeof createQueue>;
let deadLetters: DeadLetters;
let worker: ReturnType<typeof startRiskEvents>;
let operatorId: number;
let crashes = 0;
const relays: OutboxRelay[] = [];

beforeAll(async () => {
  [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const { rows } = await owner.query("INSERT INTO operators (name) VALUES ('north') RETURNING id");
  operatorId = Number(rows[0].id);
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 8 });
  redis = createRedis(redisServer.url, 'test', log);
  workerRedis = createRedis(redisServer.url, 'test-worker', log);
  queues = openJobQueues(redis);
  queue = createQueue(RISK_QUEUE, redis);
  deadLetters = createDeadLetters({ queue, redis });
  worker = startRiskEvents({ workerRedis, log: listening, told });
  for (let at = 0; at < 2; at += 1) {
    relays.push(
      startOutboxRelay({
        pool,
        log,
        onRelayed: () => {},
        handOver: async (name, rows) => {
          await queues.handOver(name, rows);
          // After the hand-over, as a crash before the commit would.
          crashes += 1;
          if (crashes % 3 === 1) throw new Error('crashed');
        },
      }),
    );
  }
});
afterAll(async () => {
  for (const relay of relays) await relay.close();
  await worker.close();
  await queue.close();
  await queues.close();
  redis.disconnect();
  workerRedis.disconnect();
  await Promise.all([pool.end(), owner.end()]);
  await Promise.all([database.drop(), redisServer.close()]);
});
beforeEach(() => {
  said.length = 0;
});

const record = async (...drafts: EventDraft[]) =>
  await inTransaction(pool, async (connection) => await recordFindings(connection, drafts, START_MS));
const draftOf = (deviceId: number, more: Partial<EventDraft> = {}) =>
  overspeedDraft({ ...more, operatorId, deviceId });
const relayed = async () =>
  await expect
    .poll(async () => (await owner.query('SELECT FROM outbox WHERE sent_at IS NULL')).rowCount, {
      timeout: 10_000,
    })
    .toBe(0);

describe('risk events', () => {
  it('are told once each, with all their changes, however often they are recorded and handed over', async () => {
    const drafts = Array.from({ length: 60 }, (_, index) => draftOf(index + 1));
    for (let round = 0; round < 3; round += 1) await record(...drafts);
    const over = drafts.slice(0, 20).map((draft) => ended(draft));
    for (let round = 0; round < 2; round += 1) await record(...over);
    await inTransaction(
      pool,
      async (connection) =>
        await retractEvents(
          connection,
          drafts.slice(0, 5).map((draft) => ({ id: idOf(draft), reason: 'late_data', supersededBy: null })),
          START_MS,
        ),
    );
    await record(...over.slice(0, 2));
    await relayed();
    await expect.poll(() => said.length, { timeout: 10_000 }).toBe(60 + 20 + 5 + 2);
    const changesOf = (id: string) =>
      said
        .filter(({ risk }) => risk.id === id)
        .toSorted((one, other) => one.risk.revision - other.risk.revision)
        .map(({ risk }) => risk.change);
    for (const [index, draft] of drafts.entries()) {
      const expected = ['detected', 'ended', 'retracted', 'reinstated'];
      const told = index < 2 ? 4 : index < 5 ? 3 : index < 20 ? 2 : 1;
      expect(changesOf(idOf(draft))).toEqual(expected.slice(0, told));
    }
    const job = await queue.getJob(idOf(drafts[59]!));
    expect(job).toMatchObject({
      name: 'telematics.risk.detected',
      data: { id: idOf(drafts[59]!), revision: 1 },
    });
    const { values } = await told.get();
    expect(values).toContainEqual(
      expect.objectContaining({ labels: { change: 'retracted', severity: 'warning' }, value: 5 }),
    );
  });

  it('are told in the log, however severe', async () => {
    const info = draftOf(101, { severity: 'info' });
    const critical = draftOf(102, { severity: 'critical' });
    await record(info, critical);
    await expect.poll(() => said.length, { timeout: 10_000 }).toBe(2);
    const levels = said.map(({ level, risk, text }) => [risk.id, level, text]);
    expect(levels).toContainEqual([idOf(info), 'info', 'risk detected']);
    expect(levels).toContainEqual([idOf(critical), 'info', 'risk detected']);
  });

  it('that cannot be read are dead letters at once, and are told when they are mended and replayed', async () => {
    const draft = draftOf(201);
    await inTransaction(pool, async (connection) => {
      await recordFindings(connection, [draft], START_MS);
      await connection.query("UPDATE outbox SET payload = payload - 'kind' WHERE key = $1", [idOf(draft)]);
    });
    const everything = async (ids: string[]) => new Set(ids);
    const lettersNow = async () => (await deadLetters.page(everything, null, 10)).items;
    await expect.poll(async () => (await lettersNow()).length, { timeout: 10_000 }).toBe(1);
    const [letter] = await lettersNow();
    expect(letter).toMatchObject({ jobId: idOf(draft), attempts: 1 });
    expect(letter!.reason).toContain('kind');
    expect(said).toEqual([]);

    await deadLetters.replay(everything, idOf(draft));
    await expect.poll(async () => (await lettersNow()).length, { timeout: 10_000 }).toBe(1);
    const job = (await queue.getJob(idOf(draft)))!;
    await job.updateData({ ...job.data, kind: 'overspeed' });
    await deadLetters.replay(everything, idOf(draft));
    await expect.poll(() => said.map(({ risk }) => risk.id), { timeout: 10_000 }).toEqual([idOf(draft)]);
    expect(await lettersNow()).toEqual([]);
  });
});
