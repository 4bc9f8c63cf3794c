import { asOperator } from '@wayleave/runtime/postgres.ts';
import { deviceView, newDevice } from '@wayleave/telematics/devices/device.ts';
import {
  getDevice,
  listDevices,
  provisionDevice,
  revokeDevice,
  rotateDeviceSecret,
} from '@wayleave/telematics/devices/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { secretAlreadyShown, secretView } from '../http/device-secret.ts';
import { decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['devices'], security: [{ bearer: [] }] };

export const deviceRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, deviceSecretKey }) => {
  app.get('/api/v1/devices', {
    config: { access: READERS },
    schema: {
      ...documented,
      querystring: pageQuery(1_000, 100),
      response: { 200: pageView(deviceView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const afterId = cursor === undefined ? '0' : decodeCursor('devices', cursor);
      const devices = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listDevices(connection, afterId, limit + 1),
      );
      return pageOf('devices', devices, limit);
    },
  });

  app.post('/api/v1/devices', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      headers: idempotencyHeaders,
      body: newDevice,
      response: { 201: z.object({ device: deviceView, secret: secretView }), ...problems },
    },
    handler: async (request, reply) => {
      const made = await createOnce(
        appPool,
        request,
        async (connection) => await provisionDevice(connection, deviceSecretKey, request.body),
        ({ device }) => ({ deviceId: device.id }),
      );
      if (made.repeated) throw secretAlreadyShown('Device', (made.answer as { deviceId: string }).deviceId);
      return await reply.code(201).header('cache-control', 'no-store').send(made.answer);
    },
  });

  app.get('/api/v1/devices/:id', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: deviceView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getDevice(connection, request.params.id),
      ),
  });

  app.post('/api/v1/devices/:id/secret', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Gives the device a new secret; the old one is refused at once.',
      params: idParams,
      response: { 200: z.object({ secret: secretView }), ...problems },
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const secret = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await rotateDeviceSecret(connection, deviceSecretKey, request.params.id),
      );
      return { secret };
    },
  });

  app.post('/api/v1/devices/:id/revoke', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Locks the device out for good and drops its connection.',
      params: idParams,
      response: { 200: deviceView, ...problems },
    },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await revokeDevice(connection, request.params.id),
      ),
  });
};
