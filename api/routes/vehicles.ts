import { asOperator } from '@wayleave/runtime/postgres.ts';
import { positionView } from '@wayleave/telematics/positions/position.ts';
import {
  createVehicle,
  getLatestPosition,
  getVehicle,
  listVehicles,
} from '@wayleave/telematics/vehicles/service.ts';
import { newVehicle, type VehicleView, vehicleView } from '@wayleave/telematics/vehicles/vehicle.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['vehicles'], security: [{ bearer: [] }] };

export const vehicleRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/vehicles', {
    config: { access: READERS },
    schema: {
      ...documented,
      querystring: pageQuery(1_000, 100),
      response: { 200: pageView(vehicleView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const afterId = cursor === undefined ? '0' : decodeCursor('vehicles', cursor);
      const vehicles = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listVehicles(connection, afterId, limit + 1),
      );
      return pageOf('vehicles', vehicles, limit);
    },
  });

  app.post('/api/v1/vehicles', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      headers: idempotencyHeaders,
      body: newVehicle,
      response: { 201: vehicleView, ...problems },
    },
    handler: async (request, reply) => {
      const { answer } = await createOnce(
        appPool,
        request,
        async (connection) => await createVehicle(connection, request.body),
      );
      return await reply.code(201).send(answer as VehicleView);
    },
  });

  app.get('/api/v1/vehicles/:id', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: vehicleView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getVehicle(connection, request.params.id),
      ),
  });

  app.get('/api/v1/vehicles/:id/latest', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: positionView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getLatestPosition(connection, request.params.id),
      ),
  });
};
