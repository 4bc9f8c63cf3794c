import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { provisionOperator } from '@wayleave/leasing/identity/provision.ts';
import { createIdentity } from '@wayleave/leasing/identity/service.ts';
import { type Role, role as roles } from '@wayleave/leasing/identity/user.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { asOperator, createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { createDeadLetters } from '@wayleave/telematics/events/dead-letter-store.ts';
import { RISK_QUEUE } from '@wayleave/telematics/events/event.ts';
import { loadFleet } from '@wayleave/telematics/live/fleet-service.ts';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { buildApp } from '../app.ts';
import { LIVE_LIMITS, type LiveLimits } from '../live/limits.ts';
import { createLiveHub } from '../live/live-hub.ts';
import { createLiveMetrics } from '../live/live-metrics.ts';
import { STREAM_LIMITS, type StreamLimits } from '../streams/limits.ts';
import { createStreamPool, type StreamPool } from '../streams/stream-pool.ts';

export const PASSWORD = 'correct horse battery staple';

/** Two operators that must never see each other. */
export const OPERATORS = ['north', 'south'] as const;
export type OperatorName = (typeof OPERATORS)[number];

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, whatever it holds; reading it of another body fails. */
  json: any;
}

export interface ApiUnderTest {
  app: FastifyInstance;
  url: string;
  redis: Redis;
  appPool: Pool;
  /** Under the role `wayleave_ingest`, to store positions as ingest does. */
  ingestPool: Pool;
  operatorIds: Record<OperatorName, string>;
  streams: StreamPool;
  emailOf(operator: OperatorName, role: Role): string;
  /** An access token, made by logging in once. */
  tokenOf(operator: OperatorName, role: Role): Promise<string>;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface RequestOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface StartOptions {
  /** From the local test stack, which only tests may import; both are gone after `close`. */
  database: { url: string; drop(): Promise<void> };
  redis: { url: string; close(): Promise<void> };
  live?: Partial<LiveLimits>;
  streams?: Partial<StreamLimits>;
  pageFolder?: string;
  maxRequestsPerMinute?: number;
}

/** The API on a port of its own over an empty database with two operators, each with a user per role. */
export async function startApi(options: StartOptions): Promise<ApiUnderTest> {
  const { database, redis: redisServer } = options;
  const log = createLog('api', 'fatal');
  const url = database.url;
  const operatorIds = await provision(url);

  const appPool = createPool({ url, role: 'wayleave_app', log, maxConnections: 5 });
  const authPool = createPool({ url, role: 'wayleave_auth', log, maxConnections: 2 });
  const ingestPool = createPool({ url, role: 'wayleave_ingest', log, maxConnections: 2 });
  const redis = createRedis(redisServer.url, 'api', log, { commandTimeout: 500 });
  const riskQueue = createQueue(RISK_QUEUE, redis);
  const subscriber = createRedis(redisServer.url, 'api-live', log, { autoResubscribe: false });
  const metrics = createMetrics('api');
  const liveMetrics = createLiveMetrics(metrics);
  const liveLimits = { ...LIVE_LIMITS, ...options.live };
  const streamLimits = { ...STREAM_LIMITS, ...options.streams };
  const streams = createStreamPool({ databaseUrl: url, log, metrics, limits: streamLimits });
  const app = await buildApp({
    log,
    metrics,
    identity: createIdentity({
      authPool,
      appPool,
      redis,
      accessTokenKey: randomBytes(32),
      limits: { perAddressPerMinute: 10_000, freeFailures: 5, firstWaitMs: 1_000, longestWaitMs: 60_000 },
    }),
    appPool,
    live: createLiveHub({
      redis,
      subscriber,
      loadFleet: async (operatorId) => await asOperator(appPool, operatorId, loadFleet),
      limits: liveLimits,
      metrics: liveMetrics,
      log,
    }),
    liveMetrics,
    liveLimits,
    deadLetters: createDeadLetters({ queue: riskQueue, redis }),
    streams,
    deviceSecretKey: randomBytes(32),
    checks: { postgres: async () => await appPool.query('SELECT 1'), redis: async () => await redis.ping() },
    mapStyleUrl: 'https://tiles.example/style.json',
    mapOrigins: ['https://tiles.example', 'https://glyphs.example'],
    pageFolder: options.pageFolder ?? null,
    trustedProxies: [],
    maxRequestsPerMinute: options.maxRequestsPerMinute ?? 100_000,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const request: ApiUnderTest['request'] = async (method, path, { token, body, headers = {} } = {}) => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json() {
        return JSON.parse(text);
      },
    };
  };
  const emailOf = (operator: OperatorName, role: Role) => `${role}@${operator}.example`;
  const tokens = new Map<string, Promise<string>>();
  const logIn = async (email: string): Promise<string> => {
    const answer = await request('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } });
    return answer.json.accessToken;
  };
  return {
    app,
    url: baseUrl,
    redis,
    appPool,
    ingestPool,
    operatorIds,
    streams,
    emailOf,
    tokenOf: async (operator, role) => {
      const email = emailOf(operator, role);
      const token = tokens.get(email) ?? logIn(email);
      tokens.set(email, token);
      return await token;
    },
    request,
    close: async () => {
      await app.close();
      await streams.close();
      await riskQueue.close();
      redis.disconnect();
      subscriber.disconnect();
      await Promise.all([appPool.end(), authPool.end(), ingestPool.end()]);
      await Promise.all([database.drop(), redisServer.close()]);
    },
  };
}

async function provision(url: string): Promise<Record<OperatorName, string>> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    const ids: Record<OperatorName, string> = { north: '', south: '' };
    for (const name of OPERATORS) {
      const users = roles.options.map((role) => ({
        email: `${role}@${name}.example`,
        name: `${role} of ${name}`,
        role,
        password: PASSWORD,
      }));
      ids[name] = (await provisionOperator(owner, { name, users })).operatorId;
    }
    return ids;
  } finally {
    await owner.end();
  }
}
