import { MAX_LIVE_VEHICLES } from '@wayleave/telematics/live/fleet-service.ts';
import { liveVehicle } from '@wayleave/telematics/live/live-vehicle.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

export const fleetPositionRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { live }) => {
  app.get('/api/v1/fleet/positions', {
    config: { access: READERS },
    schema: {
      tags: ['positions'],
      security: [{ bearer: [] }],
      description:
        'The latest good position of every vehicle that has one, in one answer, from the memory that the live ' +
        `map is served from: ${MAX_LIVE_VEHICLES.toLocaleString('en')} vehicles at the most, in no order that is kept. ` +
        'With `If-None-Match` of the last answer’s `ETag` it is 304 while nothing has changed.',
      headers: z.object({ 'if-none-match': z.string().max(1_000).optional() }),
      response: {
        200: z.object({ items: z.array(liveVehicle) }),
        304: z.undefined().describe('Nothing has changed'),
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { body, etag } = await live.fleetOf(callerOf(request).operatorId);
      reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'authorization');
      const known = (request.headers['if-none-match'] ?? '')
        .split(',')
        .map((tag) => tag.trim().replace(/^W\//, ''));
      if (known.includes(etag) || known.includes('*')) return await reply.code(304).send();
      // The items are JSON already: a schema's serializer would take them apart and write them again.
      return await reply
        .type('application/json; charset=utf-8')
        .serializer((bytes: unknown) => bytes as string)
        .send(body as never);
    },
  });
};
