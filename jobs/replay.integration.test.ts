import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { BEFORE_EVERYTHING, shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { type UplinkMessage, unpackEntry } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { REPLAY_REQUESTED, REPROCESS_QUEUE } from '@wayleave/telematics/quarantine/reprocess.ts';
import { RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import pg from 'pg';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openJobQueues } from './job-queues.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { resumeReplays, trimQuarantine } from './quarantine-upkeep.ts';
import { replayOperator } from './replay.ts';
import { startReprocess } from './workers/reprocess.ts';

const SHARDS = 4;
const RECEIVED_AT = '2026-11-01T10:00:00.123Z';
const POSITION = '{"time":"2026-11-01T09:59:58Z","lat":0.3,"lon":32.5}';
const log = createLog('test', 'fatal');
const adapters = createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/messages' });
const never = new AbortController().signal;

let database: TestDatabase;
let server: TestRedis;
let pool: Pool;
let owner: pg.Client;
let redis: Redis;
let blockingRedis: Redis;
let uplink: UplinkLog;
let operatorId: string;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  pool = createPool({ url: database.url, role: 'wayleave_jobs', log, maxConnections: 4 });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  redis = createRedis(server.url, 'test', log, { maxRetriesPerRequest: null });
  blockingRedis = createRedis(server.url, 'test-reader', log);
  const { rows } = await owner.query("INSERT INTO operators (name) VALUES ('North') RETURNING id");
  operatorId = rows[0].id;
});
afterAll(async () => {
  redis.disconnect();
  blockingRedis.disconnect();
  await pool.end();
  await owner.end();
  await Promise.all([database.drop(), server.close()]);
});
beforeEach(async () => {
  await redis.flushall();
  await owner.query('TRUNCATE quarantine, outbox');
  uplink = logOf(1_000_000);
});

const logOf = (maxBytes: number): UplinkLog =>
  createRedisUplinkLog({ redis, blockingRedis, shardCount: SHARDS, maxBytes, countIntervalMs: 0 });

let entries = 0;
interface Quarantined {
  text?: string;
  topic?: string;
  deviceId?: string | number;
  reason?: string;
  requested?: boolean;
}
async function quarantined({
  text = POSITION,
  topic = 'devices/x/positions',
  deviceId = 42,
  reason = 'malformed',
  requested = true,
}: Quarantined = {}): Promise<string> {
  const { rows } = await owner.query(
    `INSERT INTO quarantine (operator_id, device_id, received_at, topic, reason, detail, payload, log_entry, log_record, log_item, replay_requested_at)
     VALUES ($1, $2, $3, $4, $5, 'before', $6, $7, 0, 0, CASE WHEN $8 THEN now() END) RETURNING id`,
    [operatorId, deviceId, RECEIVED_AT, topic, reason, Buffer.from(text), `e${(entries += 1)}`, requested],
  );
  return rows[0].id;
}

async function states(): Promise<Record<string, unknown>[]> {
  const { rows } = await owner.query(`
    SELECT id, reason, detail, replay_requested_at IS NOT NULL AS waits,
           replay_failed_at IS NOT NULL AS failed, replayed_at IS NOT NULL AS replayed
    FROM quarantine ORDER BY id`);
  return rows;
}

async function appended(): Promise<(UplinkMessage & { shard: number })[]> {
  const marks = new Map(Array.from({ length: SHARDS }, (_, shard) => [shard, BEFORE_EVERYTHING] as const));
  const messages: (UplinkMessage & { shard: number })[] = [];
  for (const { shard, bytes } of await uplink.read(marks, { maxEntriesPerShard: 1_000, waitMs: 10 })) {
    unpackEntry(bytes, (message) =>
      messages.push({ ...message, shard, payload: Buffer.from(message.payload) }),
    );
  }
  return messages;
}

const replay = async () => await replayOperator({ pool, uplink, adapters }, operatorId, never);

async function device(ident: string, kind: 'tracker' | 'gateway' = 'tracker'): Promise<string> {
  const { rows } = await owner.query(
    `INSERT INTO devices (operator_id, ident, secret_hash, kind, speaks_for)
     VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'gateway' THEN 'listed' END) RETURNING id`,
    [operatorId, ident, Buffer.alloc(32), kind],
  );
  return rows[0].id;
}

describe('a replay', () => {
  it('gives what can be read now back to the log as it came, on its device’s shard, and says so', async () => {
    await quarantined({ deviceId: 43 });
    expect(await replay()).toEqual({ replayed: 1, failed: 0 });
    expect(await appended()).toEqual([
      {
        shard: shardOf(43, SHARDS),
        deviceId: 43,
        operatorId: Number(operatorId),
        receivedAtMs: Date.parse(RECEIVED_AT),
        unaddressed: false,
        topic: 'devices/x/positions',
        payload: Buffer.from(POSITION),
      },
    ]);
    expect(await states()).toMatchObject([{ waits: false, failed: false, replayed: true }]);
    expect(await replay()).toEqual({ replayed: 0, failed: 0 });
    expect(await appended()).toHaveLength(1);
  });

  it('keeps what still cannot be read open, with its new reason, and touches nothing that was not asked for', async () => {
    await quarantined({ text: '{"lat":1,"lon":2}' });
    await quarantined({ topic: '', reason: 'refused_by_database' });
    await quarantined({ requested: false });
    expect(await replay()).toEqual({ replayed: 0, failed: 2 });
    expect(await states()).toMatchObject([
      { reason: 'missing_field', detail: 'time is missing', waits: false, failed: true, replayed: false },
      { reason: 'refused_by_database', waits: false, failed: true, replayed: false },
      { reason: 'malformed', detail: 'before', waits: false, failed: false, replayed: false },
    ]);
    expect(await appended()).toEqual([]);
  });

  it('works through more than one round', async () => {
    for (let at = 0; at < 230; at += 1) await quarantined({ deviceId: 1_000 + at });
    expect(await replay()).toEqual({ replayed: 230, failed: 0 });
    const devices = (await appended()).map(({ deviceId }) => deviceId).toSorted((a, b) => a - b);
    expect(devices).toEqual(Array.from({ length: 230 }, (_, at) => 1_000 + at));
  });

  it('routes what a gateway brought by what the gateway may do now', async () => {
    const gateway = await device('gateway-1', 'gateway');
    const tracker = await device('tracker-1');
    await quarantined({ deviceId: gateway, topic: 'devices/tracker-1/positions', reason: 'unknown_ident' });
    expect(await replay()).toEqual({ replayed: 0, failed: 1 });
    expect(await states()).toMatchObject([
      { reason: 'unknown_ident', detail: expect.stringContaining('tracker-1'), replayed: false },
    ]);

    await owner.query(
      'INSERT INTO gateway_devices (operator_id, gateway_id, device_id) VALUES ($1, $2, $3)',
      [operatorId, gateway, tracker],
    );
    await owner.query('UPDATE quarantine SET replay_requested_at = now()');
    expect(await replay()).toEqual({ replayed: 1, failed: 0 });
    expect(await appended()).toMatchObject([{ deviceId: Number(tracker), payload: Buffer.from(POSITION) }]);
  });

  it('routes what a gateway said of many at once, device by device, until none of it has to stay', async () => {
    const gateway = await device('gateway-2', 'gateway');
    const trackers = [await device('tracker-2'), await device('tracker-3')];
    const item = (ident: string) => ({
      ident,
      timestamp: 1_763_632_800,
      'position.latitude': 0.3,
      'position.longitude': 32.5,
    });
    await quarantined({
      deviceId: gateway,
      topic: 'flespi/messages',
      reason: 'unknown_ident',
      text: JSON.stringify(['tracker-2', 'tracker-3'].map(item)),
    });
    const list = async (tracker: string) =>
      await owner.query(
        'INSERT INTO gateway_devices (operator_id, gateway_id, device_id) VALUES ($1, $2, $3)',
        [operatorId, gateway, tracker],
      );
    await list(trackers[0]!);
    expect(await replay()).toEqual({ replayed: 0, failed: 1 });
    expect(await appended()).toMatchObject([{ deviceId: Number(trackers[0]) }]);
    expect(await states()).toMatchObject([
      {
        reason: 'unknown_ident',
        detail: expect.stringContaining('tracker-3'),
        failed: true,
        replayed: false,
      },
    ]);
    await list(trackers[1]!);
    await owner.query('UPDATE quarantine SET replay_requested_at = now()');
    expect(await replay()).toEqual({ replayed: 1, failed: 0 });
    const devices = (await appended()).map(({ deviceId }) => deviceId).toSorted((a, b) => a - b);
    expect(devices).toEqual([trackers[0], trackers[0], trackers[1]].map(Number));
    expect(await states()).toMatchObject([{ replayed: true }]);
  });

  it('marks nothing while the log is full, and goes on from there once it is not', async () => {
    for (const deviceId of [4, 8]) await quarantined({ deviceId });
    const room = uplink;
    uplink = logOf(4);
    await uplink.append([{ shard: 0, bytes: Buffer.alloc(10) }]);
    await expect(replay()).rejects.toThrow('the uplink log is full');
    expect(await states()).toMatchObject([
      { waits: true, replayed: false },
      { waits: true, replayed: false },
    ]);
    uplink = room;
    expect(await replay()).toEqual({ replayed: 2, failed: 0 });
  });

  it('stops between rounds when it is told to, and leaves the rest waiting', async () => {
    await quarantined();
    await expect(
      replayOperator({ pool, uplink, adapters }, operatorId, AbortSignal.abort(new Error('stop'))),
    ).rejects.toThrow('stop');
    expect(await states()).toMatchObject([{ waits: true, replayed: false }]);
  });

  it('is shared by two at work on it: each message is appended once', async () => {
    for (let at = 0; at < 300; at += 1) await quarantined({ deviceId: 1_000 + at });
    const [one, two] = await Promise.all([replay(), replay()]);
    expect(one.replayed + two.replayed).toBe(300);
    expect(await appended()).toHaveLength(300);
  });
});

describe('the reprocess worker', () => {
  it('replays what was forgotten, once its request is told anew through the outbox', async () => {
    await quarantined();
    await owner.query("UPDATE quarantine SET replay_requested_at = now() - interval '11 minutes'");
    expect(await resumeReplays(pool)).toBe(1);
    const { rows } = await owner.query('SELECT queue, name, payload FROM outbox');
    expect(rows).toEqual([{ queue: REPROCESS_QUEUE, name: REPLAY_REQUESTED, payload: { operatorId } }]);

    const queues = openJobQueues(redis);
    const relay = startOutboxRelay({ pool, log, handOver: queues.handOver, onRelayed: () => {} });
    const tried = new Counter({
      name: 'tried',
      help: 'tried',
      labelNames: ['outcome'],
      registers: [new Registry()],
    });
    const workerRedis = createRedis(server.url, 'test-worker', log);
    const books = new RuleBooks({ pool, log, keepMs: 86_400_000, now: Date.now });
    const worker = startReprocess({
      pool,
      uplink,
      adapters,
      workerRedis,
      log,
      tried,
      replayed: tried,
      rules: {
        pool,
        engine: ruleEngine,
        bookOf: (operator) => books.ready(operator),
        now: Date.now,
        onChanged: () => {},
      },
    });
    await expect.poll(states, { timeout: 10_000 }).toMatchObject([{ replayed: true }]);
    await expect
      .poll(async () => (await tried.get()).values)
      .toContainEqual(expect.objectContaining({ labels: { outcome: 'replayed' }, value: 1 }));
    await worker.close();
    await relay.close();
    await queues.close();
    workerRedis.disconnect();
    expect(await resumeReplays(pool)).toBe(0);
  });

  it('leaves alone what was asked for a moment ago', async () => {
    await quarantined();
    expect(await resumeReplays(pool)).toBe(0);
  });
});

describe('the quota of a device in quarantine', () => {
  it('takes the oldest of what is over it, of that device alone', async () => {
    const flooding: string[] = [];
    for (let at = 0; at < 12; at += 1) flooding.push(await quarantined({ deviceId: 5, requested: false }));
    const quiet = await quarantined({ deviceId: 6, requested: false });
    expect(await trimQuarantine(pool, log, 10)).toBe(2);
    expect((await states()).map(({ id }) => id)).toEqual([...flooding.slice(2), quiet]);
    expect(await trimQuarantine(pool, log, 10)).toBe(0);
  });
});
