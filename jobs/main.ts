import { env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { startOpsServer } from '@wayleave/runtime/ops-server.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { closeRedis, createRedis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { Counter } from 'prom-client';
import { openJobQueues } from './job-queues.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { startMaintenance } from './workers/maintenance.ts';
import { startReprocess } from './workers/reprocess.ts';
import { startRiskEvents } from './workers/risk-events.ts';

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
    JOBS_OPS_PORT: port(9103),
  }),
);
const log = createLog('jobs', config.LOG_LEVEL);

runService(log, async ({ onClose }) => {
  // A deletion over a grown table may take its time.
  const pool = createPool({
    url: config.DATABASE_URL,
    role: 'wayleave_jobs',
    log,
    maxConnections: 4,
    statementTimeoutMs: 300_000,
  });
  onClose('database', () => pool.end());
  const redis = createRedis(config.REDIS_URL, 'jobs', log);
  onClose('redis', () => closeRedis(redis));
  const workerRedis = createRedis(config.REDIS_URL, 'jobs-workers', log);
  onClose('redis of the workers', () => workerRedis.disconnect());

  const registry = createMetrics('jobs');
  const relayed = new Counter({
    name: 'wayleave_jobs_outbox_relayed_total',
    help: 'Outbox rows handed to the queues',
    registers: [registry],
  });
  const told = new Counter({
    name: 'wayleave_jobs_risk_events_total',
    help: 'Risk events told',
    registers: [registry],
  });
  const tried = new Counter({
    name: 'wayleave_jobs_replays_total',
    help: 'Quarantined messages tried again',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const affectedTotal = new Counter({
    name: 'wayleave_jobs_maintenance_affected_total',
    help: 'What maintenance made, deleted or changed, by task',
    labelNames: ['task'],
    registers: [registry],
  });

  const queues = openJobQueues(redis);
  onClose('queues', () => queues.close());
  const relay = startOutboxRelay({
    pool,
    handOver: queues.handOver,
    log,
    onRelayed: (rows) => relayed.inc(rows),
  });
  onClose('outbox relay', () => relay.close());
  const maintenance = await startMaintenance({ redis, workerRedis, pool, log, affectedTotal });
  onClose('maintenance', () => maintenance.close());
  const riskEvents = startRiskEvents({ workerRedis, log, told });
  onClose('risk events', () => riskEvents.close());
  const reprocess = startReprocess({
    pool,
    uplink: createRedisUplinkLog({
      redis,
      shardCount: config.UPLINK_SHARDS,
      maxBytes: config.UPLINK_LOG_MAX_MIB * 1_024 * 1_024,
      // The last append before a pause would stay out of the count otherwise, however long that lasts.
      countIntervalMs: 0,
    }),
    adapters: createAdapters({ traccarTopic: config.TRACCAR_TOPIC, flespiTopic: config.FLESPI_TOPIC }),
    workerRedis,
    log,
    tried,
  });
  onClose('reprocess', () => reprocess.close());

  const ops = await startOpsServer({
    host: config.HOST,
    port: config.JOBS_OPS_PORT,
    metrics: registry,
    checks: { postgres: () => pool.query('SELECT'), redis: () => redis.ping() },
  });
  onClose('ops', () => ops.close());
});
