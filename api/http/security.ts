import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

/** Requests that one network address may make per minute; a page that loads makes about thirty. */
export const MAX_REQUESTS_PER_MINUTE = 6_000;
/** Addresses that are counted at once; the least recently seen are forgotten. */
const MAX_COUNTED_ADDRESSES = 10_000;
/** What supervisors ask, who must not be held up; what it costs is bounded where it is served. */
const UNCOUNTED_ROUTES = new Set(['/health/live', '/health/ready', '/metrics']);

/** Headers that keep a browser to this origin, and a bound on what one address may ask for. */
export async function secure(
  app: FastifyInstance,
  options: { mapStyleUrl: string | null; mapOrigins: readonly string[]; maxRequestsPerMinute: number },
): Promise<void> {
  const styleOrigins = options.mapStyleUrl === null ? [] : [new URL(options.mapStyleUrl).origin];
  const mapOrigins = [...new Set([...styleOrigins, ...options.mapOrigins])];
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // MapLibre starts its worker from a blob.
        workerSrc: ["'self'", 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...mapOrigins],
        // 'self' covers the WebSocket of this origin: in CSP 3 a page of http may open ws, of https wss.
        connectSrc: ["'self'", ...mapOrigins],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // Whether plain HTTP must never be used is for whoever terminates TLS to say.
    strictTransportSecurity: false,
  });
  await app.register(rateLimit, {
    max: options.maxRequestsPerMinute,
    timeWindow: '1 minute',
    cache: MAX_COUNTED_ADDRESSES,
    // A hook of the routes would come after those of the app, and so after the check of the access
    // token: what that refuses, and what is not found, would not be counted.
    global: false,
    allowList: (request) => UNCOUNTED_ROUTES.has(request.routeOptions.url ?? ''),
  });
  app.addHook('onRequest', app.rateLimit());
}
