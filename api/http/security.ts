import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

/** Requests that one network address may make per minute; a page that loads makes about thirty. */
export const MAX_REQUESTS_PER_MINUTE = 6_000;
/** Addresses that are counted at once; the least recently seen are forgotten. */
const MAX_COUNTED_ADDRESSES = 10_000;

/** Headers that keep a browser to this origin, and a bound on what one address may ask for. */
export async function secure(
  app: FastifyInstance,
  options: { mapStyleUrl: string | null; maxRequestsPerMinute: number },
): Promise<void> {
  const mapOrigins = options.mapStyleUrl === null ? [] : [new URL(options.mapStyleUrl).origin];
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
        connectSrc: ["'self'", 'ws:', 'wss:', ...mapOrigins],
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
    // Counted before anything else is done for the request.
    hook: 'onRequest',
    allowList: (request) => request.url.startsWith('/health/') || request.url === '/metrics',
  });
}
