import { env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { startOpsServer } from '@wayleave/runtime/ops-server.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { closeRedis, createRedis } from '@wayleave/runtime/redis.ts';
import { Counter } from 'prom-client';
import { openJobQueues } from './job-queues.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { startMaintenance } from './workers/maintenance.ts';
import { startRiskEvents } from './workers/risk-events.ts';

const config = configOrExit(() =>
  readConfig({
    DATABASE_URL: env.DATABASE_URL,
    REDIS_URL: env.REDIS_URL,
    HOST: env.HOST,
    LOG_LEVEL: env.LOG_LEVEL,
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

  const queues = openJobQueues(redis);
  onClose('queues', () => queues.close());
  const relay = startOutboxRelay({
    pool,
    handOver: queues.handOver,
    log,
    onRelayed: (rows) => relayed.inc(rows),
  });
  onClose('outbox relay', () => relay.close());
  const maintenance = await startMaintenance({ redis, workerRedis, pool, log });
  onClose('maintenance', () => maintenance.close());
  const riskEvents = startRiskEvents({ workerRedis, log, told });
  onClose('risk events', () => riskEvents.close());

  const ops = await startOpsServer({
    host: config.HOST,
    port: config.JOBS_OPS_PORT,
    metrics: registry,
    checks: { postgres: () => pool.query('SELECT'), redis: () => redis.ping() },
  });
  onClose('ops', () => ops.close());
});
