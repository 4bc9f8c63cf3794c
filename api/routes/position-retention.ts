import { asOperator } from '@wayleave/runtime/postgres.ts';
import {
  positionRetention,
  positionRetentionView,
} from '@wayleave/telematics/positions/retention/retention.ts';
import {
  getPositionRetention,
  setPositionRetention,
} from '@wayleave/telematics/positions/retention/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['settings'], security: [{ bearer: [] }] };
const PATH = '/api/v1/settings/position-retention';

export const positionRetentionRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'How long positions are kept.',
      response: { 200: positionRetentionView, ...problems },
    },
    handler: async (request) => await asOperator(appPool, callerOf(request).operatorId, getPositionRetention),
  });

  app.put(PATH, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description:
        'Sets how long positions are kept. Those that are older are deleted for good within hours; ' +
        'the latest position of each vehicle stays.',
      body: positionRetention,
      response: { 200: positionRetentionView, ...problems },
    },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await setPositionRetention(connection, request.body),
      ),
  });
};
