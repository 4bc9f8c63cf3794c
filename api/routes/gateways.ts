import { asOperator, type Connection } from '@wayleave/runtime/postgres.ts';
import {
  deviceIds,
  gatewayChange,
  gatewayView,
  listedDeviceView,
  newGateway,
} from '@wayleave/telematics/devices/gateway.ts';
import {
  addDevicesToGateway,
  getGateway,
  listDevicesOfGateway,
  listGateways,
  provisionGateway,
  removeDevicesFromGateway,
  revokeGateway,
  rotateGatewaySecret,
  setSpeaksFor,
} from '@wayleave/telematics/devices/gateway-service.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { secretAlreadyShown, secretView } from '../http/device-secret.ts';
import { decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['gateways'], security: [{ bearer: [] }] };

export const gatewayRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, deviceSecretKey }) => {
  const asCaller = async <T>(request: FastifyRequest, work: (connection: Connection) => Promise<T>) =>
    await asOperator(appPool, callerOf(request).operatorId, work);

  app.get('/api/v1/gateways', {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'The accounts that publish for many devices.',
      querystring: pageQuery(1_000, 100),
      response: { 200: pageView(gatewayView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const afterId = cursor === undefined ? '0' : decodeCursor('gateways', cursor);
      const gateways = await asCaller(
        request,
        async (connection) => await listGateways(connection, afterId, limit + 1),
      );
      return pageOf('gateways', gateways, limit);
    },
  });

  app.post('/api/v1/gateways', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      headers: idempotencyHeaders,
      body: newGateway,
      response: { 201: z.object({ gateway: gatewayView, secret: secretView }), ...problems },
    },
    handler: async (request, reply) => {
      const made = await createOnce(
        appPool,
        request,
        async (connection) => await provisionGateway(connection, deviceSecretKey, request.body),
        ({ gateway }) => ({ gatewayId: gateway.id }),
      );
      if (made.repeated)
        throw secretAlreadyShown('Gateway', (made.answer as { gatewayId: string }).gatewayId);
      return await reply.code(201).header('cache-control', 'no-store').send(made.answer);
    },
  });

  app.get('/api/v1/gateways/:id', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: gatewayView, ...problems } },
    handler: async (request) =>
      await asCaller(request, async (connection) => await getGateway(connection, request.params.id)),
  });

  app.patch('/api/v1/gateways/:id', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Changes for whom the gateway may speak, at once.',
      params: idParams,
      body: gatewayChange,
      response: { 200: gatewayView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) => await setSpeaksFor(connection, request.params.id, request.body.speaksFor),
      ),
  });

  app.get('/api/v1/gateways/:id/devices', {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'The devices on the gateway’s list. It goes by them while `speaksFor` is `listed`.',
      params: idParams,
      querystring: pageQuery(1_000, 100),
      response: { 200: pageView(listedDeviceView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const list = `devices of gateway ${request.params.id}`;
      const afterId = cursor === undefined ? '0' : decodeCursor(list, cursor);
      const devices = await asCaller(
        request,
        async (connection) => await listDevicesOfGateway(connection, request.params.id, afterId, limit + 1),
      );
      return pageOf(list, devices, limit);
    },
  });

  app.post('/api/v1/gateways/:id/devices', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Puts devices on the list: all of them, or none if one is not there.',
      params: idParams,
      body: deviceIds,
      response: { 200: gatewayView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) =>
          await addDevicesToGateway(connection, request.params.id, request.body.deviceIds),
      ),
  });

  app.post('/api/v1/gateways/:id/devices/remove', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Takes devices off the list. What the gateway sends for them from then on is quarantined.',
      params: idParams,
      body: deviceIds,
      response: { 200: gatewayView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) =>
          await removeDevicesFromGateway(connection, request.params.id, request.body.deviceIds),
      ),
  });

  app.post('/api/v1/gateways/:id/secret', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Gives the gateway a new secret; the old one is refused at once.',
      params: idParams,
      response: { 200: z.object({ secret: secretView }), ...problems },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const secret = await asCaller(
        request,
        async (connection) => await rotateGatewaySecret(connection, deviceSecretKey, request.params.id),
      );
      return { secret };
    },
  });

  app.post('/api/v1/gateways/:id/revoke', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Locks the gateway out for good and drops its connection.',
      params: idParams,
      response: { 200: gatewayView, ...problems },
    },
    handler: async (request) =>
      await asCaller(request, async (connection) => await revokeGateway(connection, request.params.id)),
  });
};
