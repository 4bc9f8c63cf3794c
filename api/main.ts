import { fileURLToPath } from 'node:url';
import { createIdentity } from '@wayleave/leasing/identity/service.ts';
import { env, port, readConfig } from '@wayleave/runtime/config.ts';
import { configOrExit, runService } from '@wayleave/runtime/lifecycle.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { asOperator, createPool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis } from '@wayleave/runtime/redis.ts';
import { createDeadLetters } from '@wayleave/telematics/events/dead-letter-store.ts';
import { RISK_QUEUE } from '@wayleave/telematics/events/event.ts';
import { loadFleet } from '@wayleave/telematics/live/fleet-service.ts';
import { z } from 'zod';
import { buildApp } from './app.ts';
import { originList } from './http/origin-list.ts';
import { LIVE_LIMITS } from './live/limits.ts';
import { createLiveHub } from './live/live-hub.ts';
import { createLiveMetrics } from './live/live-metrics.ts';
import { builtPage } from './routes/page.ts';
import { STREAM_LIMITS } from './streams/limits.ts';
import { createStreamPool } from './streams/stream-pool.ts';

const config = configOrExit(() =>
  readConfig({
    DATABASE_URL: env.DATABASE_URL,
    REDIS_URL: env.REDIS_URL,
    HOST: env.HOST,
    LOG_LEVEL: env.LOG_LEVEL,
    DEVICE_SECRET_KEY: env.DEVICE_SECRET_KEY,
    ACCESS_TOKEN_KEY: env.ACCESS_TOKEN_KEY,
    API_PORT: port(3000),
    MAP_STYLE_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('A MapLibre style to draw the map with'),
    MAP_ORIGINS: originList.describe(
      'Origins, with spaces or commas, that the style of MAP_STYLE_URL loads tiles, glyphs and sprites ' +
        'from, where they are not its own: the page may load from no others',
    ),
    TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((address) => address.trim())
          .filter((address) => address !== ''),
      )
      .describe('Addresses or networks, with commas, of proxies whose X-Forwarded-* headers are believed'),
  }),
);

/** Connections for requests, and for the look-up at log-in. */
const MAX_APP_CONNECTIONS = 10;
const MAX_AUTH_CONNECTIONS = 2;
/** A request must not wait for a Redis that is away: it is answered 503 after this. */
const REDIS_TIMEOUT_MS = 2_000;

const log = createLog('api', config.LOG_LEVEL);

runService(log, async (opened) => {
  const url = config.DATABASE_URL;
  const appPool = createPool({ url, role: 'wayleave_app', log, maxConnections: MAX_APP_CONNECTIONS });
  opened.onClose('database', async () => await appPool.end());
  const authPool = createPool({ url, role: 'wayleave_auth', log, maxConnections: MAX_AUTH_CONNECTIONS });
  opened.onClose('log-in database', async () => await authPool.end());
  const redis = createRedis(config.REDIS_URL, 'api', log, { commandTimeout: REDIS_TIMEOUT_MS });
  opened.onClose('redis', () => redis.disconnect());
  const riskQueue = createQueue(RISK_QUEUE, redis);
  opened.onClose('risk events', async () => await riskQueue.close());
  const subscriber = createRedis(config.REDIS_URL, 'api-live', log, { autoResubscribe: false });
  opened.onClose('live feed', () => subscriber.disconnect());

  const metrics = createMetrics('api');
  const liveMetrics = createLiveMetrics(metrics);
  const streams = createStreamPool({ databaseUrl: url, log, metrics, limits: STREAM_LIMITS });
  opened.onClose('exports', async () => await streams.close());
  const pageFolder = builtPage(
    fileURLToPath(new URL('dist', import.meta.resolve('@wayleave/web/package.json'))),
  );
  if (pageFolder === null) log.warn('the page is not built; only the API is served');

  const app = await buildApp({
    log,
    metrics,
    identity: createIdentity({ authPool, appPool, redis, accessTokenKey: config.ACCESS_TOKEN_KEY }),
    appPool,
    live: createLiveHub({
      redis,
      subscriber,
      loadFleet: async (operatorId) => await asOperator(appPool, operatorId, loadFleet),
      limits: LIVE_LIMITS,
      metrics: liveMetrics,
      log,
    }),
    liveMetrics,
    deadLetters: createDeadLetters({ queue: riskQueue, redis }),
    streams,
    deviceSecretKey: config.DEVICE_SECRET_KEY,
    checks: {
      postgres: async () => await appPool.query('SELECT 1'),
      redis: async () => await redis.ping(),
    },
    mapStyleUrl: config.MAP_STYLE_URL ?? null,
    mapOrigins: config.MAP_ORIGINS,
    pageFolder,
    trustedProxies: config.TRUSTED_PROXIES,
  });
  opened.onClose('http', async () => await app.close());
  await app.listen({ host: config.HOST, port: config.API_PORT });
});
