import type { Identity } from '@wayleave/leasing/identity/service.ts';
import type { HealthCheck } from '@wayleave/runtime/health.ts';
import type { Log } from '@wayleave/runtime/log.ts';
import type { Metrics } from '@wayleave/runtime/metrics.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import type { DeadLetters } from '@wayleave/telematics/events/dead-letter-store.ts';
import type { LiveLimits } from './live/limits.ts';
import type { LiveHub } from './live/live-hub.ts';
import type { LiveMetrics } from './live/live-metrics.ts';
import type { StreamPool } from './streams/stream-pool.ts';

/** What the app is made of; the composition root opens it, a test brings its own. */
export interface ApiParts {
  log: Log;
  metrics: Metrics;
  identity: Identity;
  /** Of role `wayleave_app`. */
  appPool: Pool;
  live: LiveHub;
  liveMetrics: LiveMetrics;
  liveLimits?: LiveLimits;
  /** Messages about events that could not be delivered. */
  deadLetters: DeadLetters;
  /** Makes exports and tracks. */
  streams: StreamPool;
  deviceSecretKey: Uint8Array;
  checks: Record<string, HealthCheck>;
  /** Of a base map; null for the one that the page brings along. */
  mapStyleUrl: string | null;
  /** Origins that the base map loads tiles, glyphs and sprites from, besides its style's. */
  mapOrigins?: readonly string[];
  /** The built page; null if there is none to serve. */
  pageFolder: string | null;
  /** Addresses of proxies whose `X-Forwarded-*` headers are believed. */
  trustedProxies: string[];
  maxRequestsPerMinute?: number;
}
