import { asOperator } from '@wayleave/runtime/postgres.ts';
import { daysOfVehicle, MAX_DAYS } from '@wayleave/telematics/summaries/service.ts';
import { daySummaryView } from '@wayleave/telematics/summaries/summary.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { idParams, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

/** Within what a Date and PostgreSQL's driver bring back. */
const day = z.iso
  .date()
  .refine((text) => text >= '1970-01-01' && text <= '2100-01-01', 'must lie between 1970 and 2100');

export const dailySummaryRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/vehicles/:id/days', {
    config: { access: READERS },
    schema: {
      tags: ['trips'],
      security: [{ bearer: [] }],
      description:
        'The figures of a vehicle’s days in its operator’s time zone, oldest first. A day is stored an hour after ' +
        'it is over, and again, as a further version, when late fixes changed it; today is computed as it is so ' +
        `far. ${MAX_DAYS} days at the most.`,
      params: idParams,
      querystring: z.object({
        from: day.optional().describe('First day; thirty before `to` if absent'),
        to: day.optional().describe('Last day, included; today if absent'),
      }),
      response: { 200: z.object({ items: z.array(daySummaryView) }), ...problems },
    },
    handler: async (request) => {
      const { operatorId } = callerOf(request);
      const { id } = request.params;
      const items = await asOperator(
        appPool,
        operatorId,
        async (connection) => await daysOfVehicle(connection, operatorId, id, request.query, Date.now()),
      );
      return { items };
    },
  });
};
