import type { FastifyPluginAsync } from 'fastify';
import { shareHealth } from '../http/shared-health.ts';
import type { ApiParts } from '../parts.ts';

/** What a supervisor and Prometheus ask; the same on every service. */
export const opsRoutes: FastifyPluginAsync<ApiParts> = async (app, { checks, metrics }) => {
  const schema = { hide: true };
  const healthNow = shareHealth(checks);
  app.get('/health/live', { schema, handler: async () => ({ live: true }) });

  app.get('/health/ready', {
    schema,
    handler: async (_request, reply) => {
      const health = await healthNow();
      return await reply
        .code(health.ready ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(health);
    },
  });

  app.get('/metrics', {
    schema,
    handler: async (_request, reply) => await reply.type(metrics.contentType).send(await metrics.metrics()),
  });
};
