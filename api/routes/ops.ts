import { checkHealth } from '@wayleave/runtime/health.ts';
import type { FastifyPluginAsync } from 'fastify';
import type { ApiParts } from '../parts.ts';

/** What a supervisor and Prometheus ask; the same on every service. */
export const opsRoutes: FastifyPluginAsync<ApiParts> = async (app, { checks, metrics }) => {
  const schema = { hide: true };
  app.get('/health/live', { schema, handler: async () => ({ live: true }) });

  app.get('/health/ready', {
    schema,
    handler: async (_request, reply) => {
      const health = await checkHealth(checks);
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
