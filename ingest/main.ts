import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { listenTo } from '@wayleave/runtime/notifications.ts';
import { startOpsServer } from '@wayleave/runtime/ops-server.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { closeRedis, createRedis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { shardOf } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { publishEvents } from '@wayleave/telematics/events/event-feed.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { JUDGING_CHANNEL } from '@wayleave/telematics/positions/quality/judging-store.ts';
import { RULES_CHANNEL, RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { REPLAYS_CHANNEL } from '@wayleave/telematics/rules/replay/replay-store.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import { KnownDevices } from './known-devices.ts';
import { createLivePublisher } from './live-publisher.ts';
import { ownShards } from './shard-owner.ts';
import { IngestWorker } from './worker.ts';
import { createBatchWriter } from './write-batch.ts';

const config = configOrExit(() =>
  readConfig({
    DATABASE_URL: env.DATABASE_URL,
    REDIS_URL: env.REDIS_URL,
    HOST: env.HOST,
    LOG_LEVEL: env.LOG_LEVEL,
    UPLINK_SHARDS: env.UPLINK_SHARDS,
    UPLINK_LOG_MAX_MIB: env.UPLINK_LOG_MAX_MIB,
    TRACCAR_TOPIC: env.TRACCAR_TOPIC,
    FLESPI_TOPIC: env.FLESPI_TOPIC,
    INGEST_OPS_PORT: port(9102),
  }),
);
const log = createLog('ingest', config.LOG_LEVEL);

/** Fixes older than that are left to the job that replays, whose books reach further back. */
const RULES_KEPT_MS = 30 * 86_400_000;

runService(log, async ({ onClose }) => {
  const pool = createPool({ url: config.DATABASE_URL, role: 'wayleave_ingest', log, maxConnections: 4 });
  onClose('database', () => pool.end());
  const redis = createRedis(config.REDIS_URL, 'ingest', log);
  onClose('redis', () => closeRedis(redis));
  const blockingRedis = createRedis(config.REDIS_URL, 'ingest-reader', log);
  onClose('redis reader', () => blockingRedis.disconnect());

  const uplink = createRedisUplinkLog({
    redis,
    blockingRedis,
    shardCount: config.UPLINK_SHARDS,
    maxBytes: config.UPLINK_LOG_MAX_MIB * 1_024 * 1_024,
  });
  const registry = createMetrics('ingest');
  const known = new KnownDevices((deviceId) => shardOf(deviceId, config.UPLINK_SHARDS));
  const books = new RuleBooks({ pool, log, keepMs: RULES_KEPT_MS, now: Date.now });
  onClose('rule books', () => books.close());
  const changes = listenTo({
    databaseUrl: config.DATABASE_URL,
    role: 'wayleave_ingest',
    channels: [JUDGING_CHANNEL, RULES_CHANNEL, REPLAYS_CHANNEL],
    log,
    onConnected: () => {
      known.forgetOperator(null);
      books.changed(null);
    },
    onNotified: (channel, id) => {
      if (channel === RULES_CHANNEL) books.changed(Number(id));
      else if (channel === REPLAYS_CHANNEL) known.forgetDevice(Number(id));
      else known.forgetOperator(Number(id));
    },
  });
  onClose('changes of settings', () => changes.close());
  const publishLive = createLivePublisher(redis, log);
  const worker = new IngestWorker({
    log,
    uplink,
    adapters: createAdapters({ traccarTopic: config.TRACCAR_TOPIC, flespiTopic: config.FLESPI_TOPIC }),
    known,
    write: createBatchWriter({ pool, known, engine: ruleEngine, books }),
    publish: ({ moved, events }) => {
      publishLive(moved);
      publishEvents(redis, events).catch((error: unknown) =>
        log.warn({ err: error }, 'the live feed missed events'),
      );
    },
    verifyLeases: () => owner.verify(),
    interruptRead: () => blockingRedis.disconnect(),
    metrics: createIngestMetrics(registry, () => owner.held.size),
  });
  const owner = await ownShards({
    pool,
    worker: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    shardCount: config.UPLINK_SHARDS,
    log,
    onAcquired: (lease) => {
      log.info({ shard: lease.shard, epoch: lease.epoch }, 'shard taken');
      worker.acquired(lease);
    },
    onLost: (shard) => {
      log.info({ shard }, 'shard given up');
      worker.lost(shard);
    },
  });
  onClose('leases', () => owner.close());
  worker.start();
  onClose('worker', () => worker.stop());

  const ops = await startOpsServer({
    host: config.HOST,
    port: config.INGEST_OPS_PORT,
    metrics: registry,
    checks: { postgres: () => pool.query('SELECT'), redis: () => redis.ping() },
  });
  onClose('ops', () => ops.close());
});
