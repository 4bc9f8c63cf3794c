import { ConfigError, env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { listenTo } from '@wayleave/runtime/notifications.ts';
import { startOpsServer } from '@wayleave/runtime/ops-server.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import { closeRedis, createRedis } from '@wayleave/runtime/redis.ts';
import { createRedisUplinkLog } from '@wayleave/runtime/uplink-log/redis-uplink-log.ts';
import { requireFsync } from '@wayleave/runtime/uplink-log/require-fsync.ts';
import {
  COMMAND_CHANNEL,
  claimCommands,
  giveBack,
  markDelivered,
  unclaim,
} from '@wayleave/telematics/commands/delivery-store.ts';
import { credentialsById, credentialsByIdent } from '@wayleave/telematics/devices/credential-store.ts';
import { devicesOfGateway } from '@wayleave/telematics/devices/routing-store.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { z } from 'zod';
import { createBroker } from './broker.ts';
import { createBrokerMetrics, observeBroker } from './broker-metrics.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import { limitVariables } from './limits.ts';
import { listenTcp, listenTls, spreadConnections } from './listeners.ts';
import { keepSessionsAllowed } from './session-checks.ts';
import { UplinkWriter } from './uplink-writer.ts';

const config = configOrExit(() => {
  const read = readConfig({
    DATABASE_URL: env.DATABASE_URL,
    REDIS_URL: env.REDIS_URL,
    HOST: env.HOST,
    LOG_LEVEL: env.LOG_LEVEL,
    DEVICE_SECRET_KEY: env.DEVICE_SECRET_KEY,
    UPLINK_SHARDS: env.UPLINK_SHARDS,
    UPLINK_LOG_MAX_MIB: env.UPLINK_LOG_MAX_MIB,
    UPLINK_FSYNC: env.UPLINK_FSYNC,
    TRACCAR_TOPIC: env.TRACCAR_TOPIC,
    FLESPI_TOPIC: env.FLESPI_TOPIC,
    MQTT_PORT: port(1883),
    MQTTS_PORT: port(8883),
    MQTTS_CERT_FILE: z
      .string()
      .optional()
      .describe('PEM certificate chain; with it and its key, TLS is served'),
    MQTTS_KEY_FILE: z.string().optional().describe('PEM private key of the certificate'),
    BROKER_OPS_PORT: port(9101),
    ...limitVariables,
  });
  // Half of a certificate would otherwise mean no TLS, and nobody would notice.
  if ((read.MQTTS_CERT_FILE === undefined) !== (read.MQTTS_KEY_FILE === undefined)) {
    throw new ConfigError('MQTTS_CERT_FILE and MQTTS_KEY_FILE are needed together');
  }
  return read;
});
const log = createLog('broker', config.LOG_LEVEL);

runService(log, async ({ onClose }) => {
  const registry = createMetrics('broker');
  const metrics = createBrokerMetrics(registry);
  const pool = createPool({ url: config.DATABASE_URL, role: 'wayleave_broker', log, maxConnections: 4 });
  onClose('database', () => pool.end());
  const redis = createRedis(config.REDIS_URL, 'broker', log);
  onClose('redis', () => closeRedis(redis));
  await requireFsync(redis, config.UPLINK_FSYNC, log);

  const uplinkLog = createRedisUplinkLog({
    redis,
    shardCount: config.UPLINK_SHARDS,
    maxBytes: config.UPLINK_LOG_MAX_MIB * 1_024 * 1_024,
  });
  const writer = new UplinkWriter(uplinkLog, log, (tookMs) => metrics.appendSeconds.observe(tookMs / 1_000));
  onClose('uplink', () => writer.close());
  const broker = await createBroker({
    lookup: createCredentialLookup((idents) => credentialsByIdent(pool, idents)),
    secretKey: config.DEVICE_SECRET_KEY,
    askRoutes: (gatewayId, idents) => devicesOfGateway(pool, gatewayId, idents),
    adapters: createAdapters({ traccarTopic: config.TRACCAR_TOPIC, flespiTopic: config.FLESPI_TOPIC }),
    writer,
    commands: {
      claim: (asked) => claimCommands(pool, asked),
      markDelivered: (commands) => markDelivered(pool, commands),
      giveBack: (commands) => giveBack(pool, commands),
      unclaim: (commands) => unclaim(pool, commands),
    },
    metrics,
    log,
    maxFrameBytes: config.MAX_FRAME_KIB * 1_024,
    maxPublishesPerS: config.DEVICE_MAX_PUBLISHES_PER_S,
    maxGatewayPublishesPerS: config.GATEWAY_MAX_PUBLISHES_PER_S,
  });
  onClose('sessions', () => broker.close());
  observeBroker(registry, {
    sessions: broker.sessions,
    flow: broker.flow,
    routes: broker.routes,
    writer: writer.figures,
  });

  const checks = keepSessionsAllowed({
    databaseUrl: config.DATABASE_URL,
    log,
    broker,
    credentialsOf: (deviceIds) => credentialsById(pool, deviceIds),
  });
  onClose('revocations', () => checks.close());
  const commandListener = listenTo({
    databaseUrl: config.DATABASE_URL,
    role: 'wayleave_broker',
    channels: [COMMAND_CHANNEL],
    log,
    onConnected: () => broker.commands.askForAll(),
    onNotified: (_channel, deviceId) => broker.commands.notified(Number(deviceId)),
  });
  onClose('commands', () => commandListener.close());

  const onConnection = spreadConnections(config.MAX_CONNECTS_PER_S, broker.accept, () =>
    metrics.refusals.inc({ reason: 'too_many_connections' }),
  );
  const listening = { host: config.HOST, maxConnections: config.MAX_CONNECTIONS, onConnection };
  const tcp = await listenTcp({ ...listening, port: config.MQTT_PORT });
  onClose('tcp', () => void tcp.close());
  if (config.MQTTS_CERT_FILE && config.MQTTS_KEY_FILE) {
    const certificate = { certFile: config.MQTTS_CERT_FILE, keyFile: config.MQTTS_KEY_FILE };
    const tls = await listenTls({ ...listening, ...certificate, port: config.MQTTS_PORT });
    onClose('tls', () => void tls.close());
    log.info({ port: tls.port }, 'MQTT over TLS');
  }
  const ops = await startOpsServer({
    host: config.HOST,
    port: config.BROKER_OPS_PORT,
    metrics: registry,
    checks: { postgres: () => pool.query('SELECT'), redis: () => redis.ping() },
  });
  onClose('ops', () => ops.close());
  log.info({ port: tcp.port }, 'MQTT');
});
