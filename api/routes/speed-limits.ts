import { asOperator } from '@wayleave/runtime/postgres.ts';
import {
  deleteSpeedLimit,
  listSpeedLimits,
  setSpeedLimit,
} from '@wayleave/telematics/rules/speed-limits/service.ts';
import { newSpeedLimit, speedLimitView } from '@wayleave/telematics/rules/speed-limits/speed-limit.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { idParams, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['settings'], security: [{ bearer: [] }] };
const PATH = '/api/v1/speed-limits';

export const speedLimitRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'The limits that hold for kinds of vehicles, single vehicles and leases, beside those of geofences. ' +
        'The lowest that applies counts.',
      response: { 200: z.object({ items: z.array(speedLimitView) }), ...problems },
    },
    handler: async (request) =>
      await asOperator(appPool, callerOf(request).operatorId, async (connection) => ({
        items: await listSpeedLimits(connection),
      })),
  });

  app.put(PATH, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description:
        'Sets the limit of a kind, a vehicle or a lease, in place of the one that it has: for fixes from one ' +
        'second from now on. What took its place has an id of its own.',
      body: newSpeedLimit,
      response: { 200: speedLimitView, ...problems },
    },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await setSpeedLimit(connection, request.body),
      ),
  });

  app.delete(`${PATH}/:id`, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description: 'Ends a limit: it holds for fixes of one more second.',
      params: idParams,
      response: { 204: z.undefined(), ...problems },
    },
    handler: async (request, reply) => {
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await deleteSpeedLimit(connection, request.params.id),
      );
      return await reply.code(204).send();
    },
  });
};
