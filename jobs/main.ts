import { env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { listenTo } from '@wayleave/runtime/notifications.ts';
import { startOpsServer } from '@wayleave/runtime/ops-server.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { closeRedis, createRedis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import type { EventChange } from '@wayleave/telematics/events/event.ts';
import { publishEvents } from '@wayleave/telematics/events/event-feed.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { RULES_CHANNEL, RuleBooks } from '@wayleave/telematics/rules/book/rule-books.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import { Counter } from 'prom-client';
import { openJobQueues } from './job-queues.ts';
import { startOutboxRelay } from './outbox-relay.ts';
import { startDailySummaries } from './workers/daily-summaries.ts';
import { startMaintenance } from './workers/maintenance.ts';
import { startReprocess } from './workers/reprocess.ts';
import { startRiskEvents } from './workers/risk-events.ts';
import { startSilence } from './workers/silence.ts';

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

/** As far back as a late fix is taken up. */
const RULES_KEPT_MS = 400 * 86_400_000;

runService(log, async ({ onClose }) => {
  // A deletion over a grown table may take its time.
  const pool = createPool({
    url: config.DATABASE_URL,
    role: 'wayleave_jobs',
    log,
    // A replay of rules holds one and may wait for another.
    maxConnections: 16,
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
    help: 'Changes of risk events told, by what became of the event',
    labelNames: ['change', 'severity'],
    registers: [registry],
  });
  const tried = new Counter({
    name: 'wayleave_jobs_replays_total',
    help: 'Quarantined messages tried again',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const replayed = new Counter({
    name: 'wayleave_jobs_rule_replays_total',
    help: 'Devices whose stored positions were run through the rules again',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const affectedTotal = new Counter({
    name: 'wayleave_jobs_maintenance_affected_total',
    help: 'What maintenance made, deleted or changed, by task',
    labelNames: ['task'],
    registers: [registry],
  });

  const summed = new Counter({
    name: 'wayleave_jobs_daily_summaries_total',
    help: 'Versions of daily summaries stored',
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
  const dailySummaries = await startDailySummaries({ redis, workerRedis, pool, log, summed });
  onClose('daily summaries', () => dailySummaries.close());
  const riskEvents = startRiskEvents({ workerRedis, log, told });
  onClose('risk events', () => riskEvents.close());
  const silence = await startSilence({ redis, workerRedis, pool, registry, log });
  onClose('silence', () => silence.close());
  const books = new RuleBooks({ pool, log, keepMs: RULES_KEPT_MS, now: Date.now });
  onClose('rule books', () => books.close());
  const changes = listenTo({
    databaseUrl: config.DATABASE_URL,
    role: 'wayleave_jobs',
    channels: [RULES_CHANNEL],
    log,
    onConnected: () => books.changed(null),
    onNotified: (_channel, operatorId) => books.changed(Number(operatorId)),
  });
  onClose('changes of rules', () => changes.close());
  const tellLive = (changed: readonly EventChange[]): void => {
    publishEvents(redis, changed).catch((error: unknown) =>
      log.warn({ err: error }, 'the live feed missed events'),
    );
  };
  const reprocess = startReprocess({
    pool,
    rules: {
      pool,
      engine: ruleEngine,
      bookOf: (operatorId) => books.ready(operatorId),
      now: Date.now,
      onChanged: tellLive,
    },
    replayed,
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
