import { asOperator } from '@wayleave/runtime/postgres.ts';
import { positionsAsCsv } from '@wayleave/telematics/positions/formats/csv.ts';
import { positionsAsGeoJson } from '@wayleave/telematics/positions/formats/geojson.ts';
import { positionsAsGpx } from '@wayleave/telematics/positions/formats/gpx.ts';
import { historyPage, MAX_HISTORY_PAGE } from '@wayleave/telematics/positions/history.ts';
import { positionView } from '@wayleave/telematics/positions/position.ts';
import { instant } from '@wayleave/telematics/vehicles/installation.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const DAY_MS = 86_400_000;

const historyQuery = pageQuery(MAX_HISTORY_PAGE, 1_000).extend({
  from: instant.optional().describe('First fix time; a day before `to` if absent'),
  to: instant.optional().describe('Fix time before which it ends; now if absent'),
  format: z.enum(['json', 'geojson', 'csv', 'gpx']).default('json'),
});

export const positionRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/vehicles/:id/positions', {
    config: { access: READERS },
    schema: {
      tags: ['positions'],
      security: [{ bearer: [] }],
      description:
        'Where a vehicle was, by fix time, oldest first, across the devices that were installed in it. ' +
        'Every format is paged by the `Link` header with rel="next"; JSON has `nextCursor` too.',
      params: idParams,
      querystring: historyQuery,
      response: {
        200: {
          description: 'A page of positions',
          content: {
            'application/json': { schema: pageView(positionView) },
            'application/geo+json': { schema: z.string() },
            'text/csv': { schema: z.string() },
            'application/gpx+xml': { schema: z.string() },
          },
        },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { limit, cursor, format } = request.query;
      const { id: vehicleId } = request.params;
      const toMs = request.query.to === undefined ? Date.now() : Date.parse(request.query.to);
      const asked = request.query.from === undefined ? toMs - DAY_MS : Date.parse(request.query.from);
      const fromMs = cursor === undefined ? asked : Number(decodeCursor('positions', cursor));
      const { vehicle, items, nextFromMs } = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await historyPage(connection, { vehicleId, fromMs, toMs, limit }),
      );
      const nextCursor = nextFromMs === null ? null : encodeCursor('positions', nextFromMs);
      if (nextCursor !== null) {
        const next = new URLSearchParams({
          from: new Date(asked).toISOString(),
          to: new Date(toMs).toISOString(),
          limit: String(limit),
          format,
          cursor: nextCursor,
        });
        reply.header('link', `</api/v1/vehicles/${vehicleId}/positions?${next}>; rel="next"`);
      }
      const asText = (type: string, extension: string, body: string) =>
        reply
          .type(type)
          .header('content-disposition', `attachment; filename="vehicle-${vehicleId}.${extension}"`)
          .serializer((text: string) => text)
          .send(body);
      switch (format) {
        case 'csv':
          return await asText('text/csv; charset=utf-8', 'csv', positionsAsCsv(items));
        case 'geojson':
          return await asText('application/geo+json', 'geojson', positionsAsGeoJson(items));
        case 'gpx':
          return await asText('application/gpx+xml', 'gpx', positionsAsGpx(vehicle.label, items));
        case 'json':
          return await reply.type('application/json').send({ items, nextCursor });
      }
    },
  });
};
