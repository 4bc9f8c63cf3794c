import { asOperator } from '@wayleave/runtime/postgres.ts';
import { MAX_COMPUTED_DAYS } from '@wayleave/telematics/positions/history.ts';
import { mileageView, vehicleMileage } from '@wayleave/telematics/positions/mileage.ts';
import { MAX_SERIES_POINTS, seriesView, vehicleSeries } from '@wayleave/telematics/positions/series.ts';
import { metricsOf, metricWords } from '@wayleave/telematics/positions/series-metrics.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { idParams, problems } from '../http/schemas.ts';
import { rangeOf, rangeQuery } from '../http/time-range.ts';
import type { ApiParts } from '../parts.ts';

const metricList = z
  .string()
  .max(200)
  .refine((words) => metricsOf(words) !== null, `must be one or more of ${metricWords.join(', ')}`)
  .describe(`One or more, with commas: ${metricWords.join(', ')}`);

/** What is computed of a vehicle's positions. */
export const vehicleFigureRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  const documented = { tags: ['positions'], security: [{ bearer: [] }], params: idParams };

  app.get('/api/v1/vehicles/:id/series', {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'How speed, fuel, voltage and the like ran: the range in buckets of one width, each with what its ' +
        'positions told. Speed and altitude are of good positions, the others of every position whose time can be ' +
        `trusted. \`fuel\` gives the share and the litres, whichever is reported. ${MAX_COMPUTED_DAYS} days at the most.`,
      querystring: rangeQuery.extend({
        metric: metricList,
        points: z.coerce
          .number()
          .int()
          .min(1)
          .max(MAX_SERIES_POINTS)
          .default(300)
          .describe('Buckets at the most; none is shorter than a second'),
      }),
      response: { 200: seriesView, ...problems },
    },
    handler: async (request) => {
      const { metric, points } = request.query;
      const query = { vehicleId: request.params.id, ...rangeOf(request.query, Date.now()) };
      const metrics = metricsOf(metric) ?? [];
      return await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await vehicleSeries(connection, { ...query, metrics, points }),
      );
    },
  });

  app.get('/api/v1/vehicles/:id/mileage', {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'How far a vehicle drove: the distance between its good fixes, and what its odometer ran, without the ' +
        `steps at which it was set, replaced or went back. ${MAX_COMPUTED_DAYS} days at the most.`,
      querystring: rangeQuery,
      response: { 200: mileageView, ...problems },
    },
    handler: async (request) => {
      const query = { vehicleId: request.params.id, ...rangeOf(request.query, Date.now()) };
      return await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await vehicleMileage(connection, query),
      );
    },
  });
};
