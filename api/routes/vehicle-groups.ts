import { asOperator, type Connection } from '@wayleave/runtime/postgres.ts';
import { groupHasGeofences } from '@wayleave/telematics/geofences/service.ts';
import { rowId } from '@wayleave/telematics/identifiers.ts';
import {
  groupMemberView,
  MAX_VEHICLE_GROUPS,
  type VehicleGroupView,
  vehicleGroupFields,
  vehicleGroupView,
} from '@wayleave/telematics/vehicle-groups/group.ts';
import {
  addMember,
  createGroup,
  deleteGroup,
  listGroups,
  listMembers,
  removeMember,
  renameGroup,
} from '@wayleave/telematics/vehicle-groups/service.ts';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['vehicle groups'], security: [{ bearer: [] }] };
const PATH = '/api/v1/vehicle-groups';
const memberParams = idParams.extend({ vehicleId: rowId });

export const vehicleGroupRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  const asCaller = async <T>(request: FastifyRequest, work: (connection: Connection) => Promise<T>) =>
    await asOperator(appPool, callerOf(request).operatorId, work);

  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'The groups that geofences can hold for.',
      querystring: pageQuery(MAX_VEHICLE_GROUPS, MAX_VEHICLE_GROUPS),
      response: { 200: pageView(vehicleGroupView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const afterId = cursor === undefined ? '0' : decodeCursor('vehicle groups', cursor);
      const groups = await asCaller(
        request,
        async (connection) => await listGroups(connection, afterId, limit + 1),
      );
      return pageOf('vehicle groups', groups, limit);
    },
  });

  app.post(PATH, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: `Makes a group without vehicles. An operator has ${MAX_VEHICLE_GROUPS} at the most.`,
      headers: idempotencyHeaders,
      body: vehicleGroupFields,
      response: { 201: vehicleGroupView, ...problems },
    },
    handler: async (request, reply) => {
      const { answer } = await createOnce(
        appPool,
        request,
        async (connection) => await createGroup(connection, request.body),
      );
      return await reply.code(201).send(answer as VehicleGroupView);
    },
  });

  app.put(`${PATH}/:id`, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Renames a group.',
      params: idParams,
      body: vehicleGroupFields,
      response: { 200: vehicleGroupView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) => await renameGroup(connection, request.params.id, request.body),
      ),
  });

  app.delete(`${PATH}/:id`, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Deletes a group for which no geofence holds. Its vehicles stay.',
      params: idParams,
      response: { 204: z.undefined(), ...problems },
    },
    handler: async (request, reply) => {
      await asCaller(
        request,
        async (connection) => await deleteGroup(connection, request.params.id, groupHasGeofences),
      );
      return await reply.code(204).send();
    },
  });

  app.get(`${PATH}/:id/vehicles`, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'The vehicles of a group.',
      params: idParams,
      querystring: pageQuery(1_000, 100),
      response: { 200: pageView(groupMemberView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const list = `vehicles of group ${request.params.id}`;
      const afterId = cursor === undefined ? '0' : decodeCursor(list, cursor);
      const members = await asCaller(
        request,
        async (connection) => await listMembers(connection, request.params.id, afterId, limit + 1),
      );
      return pageOf(list, members, limit);
    },
  });

  app.put(`${PATH}/:id/vehicles/:vehicleId`, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description:
        'Puts a vehicle into a group: the group’s geofences hold for its fixes from one second from now on.',
      params: memberParams,
      response: { 200: vehicleGroupView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) => await addMember(connection, request.params.id, request.params.vehicleId),
      ),
  });

  app.delete(`${PATH}/:id/vehicles/:vehicleId`, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description:
        'Takes a vehicle out of a group: the group’s geofences hold for its fixes for one more second.',
      params: memberParams,
      response: { 200: vehicleGroupView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) => await removeMember(connection, request.params.id, request.params.vehicleId),
      ),
  });
};
