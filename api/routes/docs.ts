import swaggerUi from '@fastify/swagger-ui';
import type { FastifyPluginAsync } from 'fastify';

/** The OpenAPI document that the routes' schemas make, and a page that shows it without network access. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true }, handler: async () => app.swagger() });
  await app.register(swaggerUi, { routePrefix: '/docs' });
};
