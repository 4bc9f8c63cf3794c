import { asOperator } from '@wayleave/runtime/postgres.ts';
import { listTrips } from '@wayleave/telematics/trips/service.ts';
import { tripKind, tripView } from '@wayleave/telematics/trips/trip.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { decodeInstantCursor, encodeInstantCursor } from '../http/instant-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { rangeOf, rangeQuery } from '../http/time-range.ts';
import type { ApiParts } from '../parts.ts';

const LIST = 'trips';
const isTripId = (id: string): boolean => z.uuid().safeParse(id).success;

export const tripRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/vehicles/:id/trips', {
    config: { access: READERS },
    schema: {
      tags: ['trips'],
      security: [{ bearer: [] }],
      description:
        'The trips of a vehicle and the stops between them, oldest first: those that share an instant with the ' +
        'range, whole, also where they began before it or end after it.',
      params: idParams,
      querystring: rangeQuery.extend({
        ...pageQuery(1_000, 200).shape,
        kind: tripKind.optional().describe('Both if absent'),
      }),
      response: { 200: pageView(tripView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor, kind = null } = request.query;
      const after = cursor === undefined ? null : decodeInstantCursor(LIST, cursor, isTripId);
      const query = { vehicleId: request.params.id, ...rangeOf(request.query, Date.now()), kind };
      const trips = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listTrips(connection, { ...query, limit: limit + 1 }, after),
      );
      const items = trips.slice(0, limit);
      const last = trips.length > limit ? items.at(-1) : undefined;
      const place = last && { atMs: Date.parse(last.startedAt), id: last.id };
      return { items, nextCursor: place ? encodeInstantCursor(LIST, place) : null };
    },
  });
};
