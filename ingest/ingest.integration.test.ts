import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { EntryPacker } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { type LiveMessage, liveChannel } from '@wayleave/telematics/live/live-feed.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIngestMetrics } from './ingest-metrics.ts';
import { KnownDevices } from './known-devices.ts';
import { createLivePublisher } from './live-publisher.ts';
import { ownShards, type ShardOwner } from './shard-owner.ts';
import { createTestWriter } from './testing/test-writer.ts';
import { IngestWorker } from './worker.ts';

const SHARDS = 4;
const log = createLog('test', 'fatal');
const NOW = Date.now();

let database: TestDatabase;
let testRedis: TestRedis;
let owner: pg.Client;
let redis: Redis;
let uplink: UplinkLog;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [database, testRedis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  redis = createRedis(testRedis.url, 'test', log);
});
afterAll(async () => {
  redis.disconnect();
  await owner.end();
  await Promise.all([database.drop(), testRedis.close()]);
});
beforeEach(async () => {
  await redis.flushall();
  await owner.query(
    'DELETE FROM positions; DELETE FROM latest_positions; DELETE FROM quarantine; DELETE FROM outbox; DELETE FROM events; DELETE FROM trips; DELETE FROM rule_keyframes; DELETE FROM rule_replays; DELETE FROM shard_leases; DELETE FROM ingest_workers',
  );
  uplink = createRedisUplinkLog({ redis, shardCount: SHARDS, maxBytes: 64 * 1_024 * 1_024 });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Running {
  owned: ShardOwner;
  worker: IngestWorker;
  pool: Pool;
  stop(): Promise<void>;
}

async function startWorker(name: string): Promise<Running> {
  const pool = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 3 });
  const blockingRedis = createRedis(testRedis.url, name, log);
  const known = new KnownDevices((deviceId) => shardOf(deviceId, SHARDS));
  const publishLive = createLivePublisher(redis, log);
  const worker = new IngestWorker({
    log,
    uplink: createRedisUplinkLog({ redis, blockingRedis, shardCount: SHARDS, maxBytes: 64 * 1_024 * 1_024 }),
    adapters: createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/+' }),
    known,
    write: createTestWriter(pool, known),
    publish: ({ moved }) => publishLive(moved),
    verifyLeases: () => owned.verify(),
    interruptRead: () => blockingRedis.disconnect(),
    metrics: createIngestMetrics(createMetrics('test'), () => owned.held.size),
  });
  const owned = await ownShards({
    pool,
    worker: name,
    shardCount: SHARDS,
    log,
    onAcquired: (lease) => worker.acquired(lease),
    onLost: (shard) => worker.lost(shard),
  });
  worker.start();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await worker.stop();
    await owned.close();
    blockingRedis.disconnect();
    await pool.end();
  };
  stops.push(stop);
  return { owned, worker, pool, stop };
}

async function send(deviceId: number, message: unknown, more: { topic?: string } = {}): Promise<void> {
  const packer = new EntryPacker();
  packer.add({
    deviceId,
    operatorId: 7,
    receivedAtMs: Date.now(),
    unaddressed: false,
    topic: more.topic ?? 'devices/x/positions',
    payload: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
  });
  await uplink.append([{ shard: shardOf(deviceId, SHARDS), bytes: packer.entry() }]);
}

const fix = (second: number, more: object = {}) => ({
  time: NOW + second * 1_000,
  lat: 0.25,
  lon: 32.5,
  ...more,
});
const count = async (table: string): Promise<number> =>
  Number((await owner.query(`SELECT count(*) FROM ${table}`)).rows[0].count);
const stored = (expected: number) => expect.poll(() => count('positions'), { timeout: 5_000 }).toBe(expected);
const held = async (): Promise<number> =>
  (await Promise.all(Array.from({ length: SHARDS }, (_, shard) => uplink.heldBytes(shard)))).reduce(
    (a, b) => a + b,
  );

describe('ingest', () => {
  it('takes messages of all shards to positions, moves the latest, tells the live feed and trims the log', async () => {
    const feed = createRedis(testRedis.url, 'feed', log);
    const told: LiveMessage[] = [];
    feed.on('message', (_, body: string) => told.push(JSON.parse(body) as LiveMessage));
    await feed.subscribe(liveChannel('7'));
    await startWorker('one');
    for (let device = 1; device <= 8; device += 1) await send(device, [fix(0), fix(1, { speedKmh: device })]);
    await stored(16);
    await expect.poll(() => count('latest_positions')).toBe(8);
    const { rows } = await owner.query(
      'SELECT device_id, speed_kmh, operator_id FROM latest_positions ORDER BY device_id',
    );
    expect(rows[2]).toEqual({ device_id: '3', speed_kmh: 3, operator_id: '7' });
    await expect.poll(() => new Set(told.flat().map(([deviceId]) => deviceId)).size).toBe(8);
    expect(
      told
        .flat()
        .find(([deviceId]) => deviceId === '5')
        ?.slice(1, 6),
    ).toEqual([NOW + 1_000, expect.any(Number), 0.25, 32.5, 5]);
    await expect.poll(held).toBe(0);
    feed.disconnect();
  });

  it('stores a message once, however often it comes, and merges what a second one adds', async () => {
    await startWorker('one');
    await send(1, fix(0, { speedKmh: 10 }));
    await stored(1);
    await send(1, fix(0, { speedKmh: 10 }));
    await send(1, fix(0, { batteryV: 12.5 }));
    await send(1, [fix(0, { ignition: true }), fix(0, { satellites: 8 })]);
    await expect
      .poll(
        async () =>
          (await owner.query('SELECT speed_kmh, battery_v, ignition, satellites FROM positions')).rows,
      )
      .toEqual([{ speed_kmh: 10, battery_v: 12.5, ignition: true, satellites: 8 }]);
  });

  it('quarantines what no adapter reads with its reason and bytes, and stores its neighbours', async () => {
    await startWorker('one');
    await send(1, '{"broken');
    await send(1, fix(0));
    await send(1, { time: 'yesterday', lat: 1, lon: 1 });
    await send(1, '\u0000\u0001', { topic: 'x/\ud800/1' });
    await stored(1);
    await expect.poll(() => count('quarantine')).toBe(3);
    const { rows } = await owner.query(
      'SELECT reason, payload, operator_id FROM quarantine ORDER BY log_entry',
    );
    expect(rows.map(({ reason, payload }) => [reason, payload.toString()])).toEqual([
      ['malformed', '{"broken'],
      ['invalid_field', '{"time":"yesterday","lat":1,"lon":1}'],
      ['unknown_topic', '\u0000\u0001'],
    ]);
  });

  it('leaves out a row that PostgreSQL refuses, with its content, and stores the hundred around it', async () => {
    await owner.query('ALTER TABLE positions ADD CONSTRAINT no_thirteen CHECK (satellites <> 13)');
    try {
      await startWorker('one');
      await send(
        1,
        Array.from({ length: 101 }, (_, at) => fix(at, { satellites: at === 50 ? 13 : 9 })),
      );
      await stored(100);
      await expect.poll(() => count('quarantine')).toBe(1);
      const { rows } = await owner.query('SELECT reason, payload FROM quarantine');
      expect(rows[0].reason).toBe('refused_by_database');
      expect(JSON.parse(rows[0].payload.toString())).toMatchObject({
        fixTimeMs: NOW + 50_000,
        satellites: 13,
      });
      await expect.poll(held).toBe(0);
    } finally {
      await owner.query('ALTER TABLE positions DROP CONSTRAINT no_thirteen');
    }
  });

  it('moves the latest to what PostgreSQL takes, and goes on after a row that it refuses', async () => {
    await owner.query('ALTER TABLE positions ADD CONSTRAINT no_thirteen CHECK (satellites <> 13)');
    try {
      await startWorker('one');
      await send(1, [fix(0, { satellites: 9 }), fix(1, { satellites: 13 })]);
      await send(2, fix(0));
      await stored(2);
      const latest = async () =>
        (await owner.query('SELECT device_id, satellites FROM latest_positions ORDER BY device_id')).rows;
      await expect.poll(latest).toEqual([
        { device_id: '1', satellites: 9 },
        { device_id: '2', satellites: null },
      ]);
      await expect.poll(held).toBe(0);
    } finally {
      await owner.query('ALTER TABLE positions DROP CONSTRAINT no_thirteen');
    }
  });

  it('keeps an entry that is damaged, and goes on', async () => {
    await startWorker('one');
    await uplink.append([{ shard: shardOf(1, SHARDS), bytes: Buffer.from([9, 1, 2]) }]);
    await send(1, fix(0));
    await stored(1);
    const { rows } = await owner.query('SELECT reason, payload, log_record FROM quarantine');
    expect(rows).toEqual([{ reason: 'malformed', payload: Buffer.from([9, 1, 2]), log_record: -1 }]);
    await expect.poll(held).toBe(0);
  });

  it('adds what a second message says of an instant to the latest as well', async () => {
    await startWorker('one');
    await send(1, fix(0, { speedKmh: 10 }));
    await expect.poll(() => count('latest_positions')).toBe(1);
    await expect.poll(held).toBe(0);
    await send(1, fix(0, { batteryV: 12.5 }));
    await expect
      .poll(async () => (await owner.query('SELECT speed_kmh, battery_v FROM latest_positions')).rows)
      .toEqual([{ speed_kmh: 10, battery_v: 12.5 }]);
  });

  it('leaves an alarm that a message adds to its instant to the job, and tells none again that was told', async () => {
    await startWorker('one');
    await send(1, fix(0, { alarm: 'powerCut' }));
    await send(1, fix(5));
    await stored(2);
    const told = () => owner.query("SELECT payload->>'kind' AS kind FROM outbox WHERE queue = 'risk-events'");
    await expect.poll(async () => (await told()).rows).toEqual([{ kind: 'powerCut' }]);
    await owner.query('DELETE FROM outbox');
    await send(1, fix(0, { alarm: 'powerCut' }));
    await send(1, fix(0, { alarm: 'sos' }));
    await expect
      .poll(async () => (await owner.query('SELECT queue, name, payload FROM outbox')).rows)
      .toEqual([
        { queue: 'reprocess', name: 'telematics.rules.replay', payload: { deviceId: '1', operatorId: '7' } },
      ]);
    const { rows } = await owner.query('SELECT alarm FROM positions ORDER BY fix_time LIMIT 1');
    expect(rows[0].alarm).toBe('powerCut,sos');
    const { rows: waiting } = await owner.query('SELECT device_id, from_time, until_time FROM rule_replays');
    expect(waiting).toEqual([{ device_id: '1', from_time: new Date(NOW), until_time: new Date(NOW) }]);
  });

  it('raises an alarm as a risk event once, however often its message comes', async () => {
    await startWorker('one');
    for (let time = 0; time < 3; time += 1) await send(1, fix(0, { alarm: 'powerCut' }));
    await send(2, fix(0));
    await stored(2);
    const { rows } = await owner.query('SELECT queue, name, key, payload FROM outbox');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      queue: 'risk-events',
      name: 'telematics.risk.detected',
      key: rows[0].payload.id,
      payload: { kind: 'powerCut', deviceId: '1', operatorId: '7', occurredAt: new Date(NOW).toISOString() },
    });
  });
});

describe('the shards', () => {
  it('are shared fairly by two workers, and all go to the one that is left', async () => {
    const one = await startWorker('one');
    expect(one.owned.held.size).toBe(SHARDS);
    const two = await startWorker('two');
    await expect.poll(() => [one.owned.held.size, two.owned.held.size], { timeout: 5_000 }).toEqual([2, 2]);
    for (let device = 1; device <= 8; device += 1) await send(device, fix(0));
    await stored(8);
    await one.stop();
    await expect.poll(() => two.owned.held.size, { timeout: 5_000 }).toBe(SHARDS);
    for (let device = 1; device <= 8; device += 1) await send(device, fix(1));
    await stored(16);
  });

  it('of a worker that died are taken over, from its last checkpoint, with nothing lost or doubled', async () => {
    const dead = await startWorker('dead');
    for (let at = 0; at < 20; at += 1) await send(at % 4, fix(at));
    await stored(20);
    // As a process that was killed leaves it: leases held, messages stored beyond the checkpoint.
    await dead.stop();
    await owner.query(
      "UPDATE shard_leases SET worker = 'dead', expires_at = now() + interval '2 seconds', checkpoint_mark = ''",
    );
    for (let at = 20; at < 40; at += 1) await send(at % 4, fix(at));
    await startWorker('heir');
    await expect.poll(() => count('positions'), { timeout: 10_000 }).toBe(40);
    const { rows } = await owner.query(
      'SELECT max(epoch)::int AS epoch, bool_and(checkpoint_mark <> $1) AS moved FROM shard_leases',
      [''],
    );
    expect(rows[0]).toEqual({ epoch: 2, moved: true });
  });

  it('are stored from after one was taken again while still thought held', async () => {
    const { worker, owned } = await startWorker('one');
    const shard = shardOf(1, SHARDS);
    await send(1, fix(0));
    await stored(1);
    const { rows } = await owner.query(
      'UPDATE shard_leases SET epoch = epoch + 1 WHERE shard = $1 RETURNING shard, epoch, checkpoint_mark AS checkpoint',
      [shard],
    );
    (owned.held as Map<number, unknown>).set(shard, rows[0]);
    worker.acquired(rows[0]);
    await send(1, fix(1));
    await stored(2);
    await expect.poll(held).toBe(0);
  });

  it('cannot be moved by a worker whose epoch has passed, which then gives them up', async () => {
    const old = await startWorker('old');
    await send(1, fix(0));
    await stored(1);
    const shard = shardOf(1, SHARDS);
    await owner.query(
      "UPDATE shard_leases SET worker = 'new', epoch = epoch + 1, expires_at = now() + interval '1 minute', checkpoint_mark = 'mine' WHERE shard = $1",
      [shard],
    );
    await send(1, fix(1));
    await expect.poll(() => old.owned.held.has(shard), { timeout: 5_000 }).toBe(false);
    const { rows } = await owner.query('SELECT worker, checkpoint_mark FROM shard_leases WHERE shard = $1', [
      shard,
    ]);
    expect(rows[0]).toEqual({ worker: 'new', checkpoint_mark: 'mine' });
  });
});

describe('while the database is away', () => {
  it('nothing is trimmed, and everything is stored once it is back', async () => {
    const { pool } = await startWorker('one');
    await send(1, fix(0));
    await stored(1);
    await owner.query('ALTER TABLE positions RENAME TO positions_away');
    await send(1, fix(1));
    await send(2, fix(1));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await held()).toBeGreaterThan(0);
    await owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wayleave-ingest' AND datname = current_database()",
    );
    await owner.query('ALTER TABLE positions_away RENAME TO positions');
    await stored(3);
    await expect.poll(held).toBe(0);
    expect(pool.totalCount).toBeGreaterThan(0);
  });
});
