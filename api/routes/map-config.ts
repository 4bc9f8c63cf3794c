import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiParts } from '../parts.ts';

export const mapConfigRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { mapStyleUrl }) => {
  app.get('/api/v1/map-config', {
    config: { access: 'public' },
    schema: {
      tags: ['map'],
      response: {
        200: z.object({
          styleUrl: z.string().nullable().describe('A MapLibre style; null for the built-in base map'),
        }),
      },
    },
    handler: async () => ({ styleUrl: mapStyleUrl }),
  });
};
