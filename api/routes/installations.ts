import { asOperator } from '@wayleave/runtime/postgres.ts';
import {
  type InstallationView,
  installationEnd,
  installationView,
  newInstallation,
} from '@wayleave/telematics/vehicles/installation.ts';
import {
  endInstallation,
  installDevice,
  listInstallations,
} from '@wayleave/telematics/vehicles/installation-service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { idParams, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['installations'], security: [{ bearer: [] }] };

export const installationRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, live }) => {
  app.get('/api/v1/vehicles/:id/installations', {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'Newest first.',
      params: idParams,
      response: { 200: z.object({ items: z.array(installationView) }), ...problems },
    },
    handler: async (request) => ({
      items: await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listInstallations(connection, request.params.id),
      ),
    }),
  });

  app.post('/api/v1/vehicles/:id/installations', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      params: idParams,
      headers: idempotencyHeaders,
      body: newInstallation,
      response: { 201: installationView, ...problems },
    },
    handler: async (request, reply) => {
      const { answer } = await createOnce(
        appPool,
        request,
        async (connection) => await installDevice(connection, request.params.id, request.body),
      );
      live.fleetChanged(callerOf(request).operatorId);
      return await reply.code(201).send(answer as InstallationView);
    },
  });

  app.post('/api/v1/installations/:id/end', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      params: idParams,
      body: installationEnd.nullish(),
      response: { 200: installationView, ...problems },
    },
    handler: async (request) => {
      const { operatorId } = callerOf(request);
      const ended = await asOperator(
        appPool,
        operatorId,
        async (connection) => await endInstallation(connection, request.params.id, request.body?.to),
      );
      live.fleetChanged(operatorId);
      return ended;
    },
  });
};
