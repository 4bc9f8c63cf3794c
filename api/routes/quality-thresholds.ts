import { asOperator } from '@wayleave/runtime/postgres.ts';
import { thresholds, thresholdsView } from '@wayleave/telematics/positions/quality/thresholds.ts';
import {
  effectiveThresholds,
  resetThresholds,
  setThresholds,
} from '@wayleave/telematics/positions/quality/thresholds-service.ts';
import { vehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['settings'], security: [{ bearer: [] }] };
const PATH = '/api/v1/settings/quality-thresholds';
const params = z.object({ kind: vehicleKind });

export const qualityThresholdRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'From when on a fix is doubtful, for each kind of vehicle.',
      response: { 200: z.object({ items: z.array(thresholdsView) }), ...problems },
    },
    handler: async (request) =>
      await asOperator(appPool, callerOf(request).operatorId, async (connection) => ({
        items: await effectiveThresholds(connection),
      })),
  });

  app.put(`${PATH}/:kind`, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description:
        'Sets all thresholds of one kind of vehicle. Fixes that come from now on are judged by them; ' +
        'what is stored keeps its verdict.',
      params,
      body: thresholds,
      response: { 200: thresholdsView, ...problems },
    },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await setThresholds(connection, request.params.kind, request.body),
      ),
  });

  app.delete(`${PATH}/:kind`, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description: 'Goes back to the default thresholds of one kind of vehicle.',
      params,
      response: { 200: thresholdsView, ...problems },
    },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await resetThresholds(connection, request.params.kind),
      ),
  });
};
