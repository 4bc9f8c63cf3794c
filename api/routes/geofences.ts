import { asOperator, type Connection } from '@wayleave/runtime/postgres.ts';
import { geofenceFieldsInput } from '@wayleave/telematics/geofences/antimeridian.ts';
import { type GeofenceView, geofenceKind, geofenceView } from '@wayleave/telematics/geofences/geofence.ts';
import {
  createGeofence,
  deleteGeofence,
  getGeofence,
  listGeofences,
  listGeofenceVersions,
  MAX_GEOFENCES,
  updateGeofence,
} from '@wayleave/telematics/geofences/service.ts';
import { rowId } from '@wayleave/telematics/identifiers.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { AFTER_ALL_IDS, decodeCursor, encodeCursor } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['geofences'], security: [{ bearer: [] }] };
const PATH = '/api/v1/geofences';
/** A shape of 10,000 vertices, each coordinate with all its digits and on a line of its own. */
const MAX_GEOFENCE_BYTES = 2 * 2 ** 20;

/** Which geofences a list or an export has. */
export const geofenceFilter = z.object({
  kind: geofenceKind.optional(),
  vehicleId: rowId.optional().describe('Those that hold for this vehicle alone'),
  groupId: rowId.optional().describe('Those that hold for this group'),
  search: z.string().trim().min(1).max(100).optional().describe('Part of the name, in any case'),
});

export const geofenceRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  const asCaller = async <T>(request: FastifyRequest, work: (connection: Connection) => Promise<T>) =>
    await asOperator(appPool, callerOf(request).operatorId, work);

  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'The geofences that hold, or are about to. A page ends early where shapes are large, so it may be ' +
        'shorter than `limit`.',
      querystring: pageQuery(1_000, 100).extend(geofenceFilter.shape),
      response: { 200: pageView(geofenceView), ...problems },
    },
    handler: async (request, reply) => {
      const { limit, cursor, ...filter } = request.query;
      const afterId = cursor === undefined ? '0' : decodeCursor('geofences', cursor);
      const { items, isLast } = await asCaller(
        request,
        async (connection) => await listGeofences(connection, filter, afterId, limit),
      );
      return await sendPage(reply, items, isLast ? null : encodeCursor('geofences', items.at(-1)!.id));
    },
  });

  app.post(PATH, {
    config: { access: WRITERS },
    bodyLimit: MAX_GEOFENCE_BYTES,
    schema: {
      ...documented,
      description:
        'Makes a geofence, which holds for fixes from one second from now on. ' +
        `An operator has ${MAX_GEOFENCES} at the most.`,
      headers: idempotencyHeaders,
      body: geofenceFieldsInput,
      response: { 201: geofenceView, ...problems },
    },
    handler: async (request, reply) => {
      const { userId } = callerOf(request);
      const { answer } = await createOnce(
        appPool,
        request,
        async (connection) => await createGeofence(connection, request.body, userId),
      );
      return await reply.code(201).send(answer as GeofenceView);
    },
  });

  app.get(`${PATH}/:id`, {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: geofenceView, ...problems } },
    handler: async (request) =>
      await asCaller(request, async (connection) => await getGeofence(connection, request.params.id)),
  });

  app.put(`${PATH}/:id`, {
    config: { access: WRITERS },
    bodyLimit: MAX_GEOFENCE_BYTES,
    schema: {
      ...documented,
      description:
        'Replaces a geofence by a further version, which holds for fixes from one second from now on. What is ' +
        'left out is taken off.',
      params: idParams,
      body: geofenceFieldsInput,
      response: { 200: geofenceView, ...problems },
    },
    handler: async (request) =>
      await asCaller(
        request,
        async (connection) =>
          await updateGeofence(connection, request.params.id, request.body, callerOf(request).userId),
      ),
  });

  app.delete(`${PATH}/:id`, {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description: 'Ends a geofence: it holds for fixes of one more second. Its versions stay readable.',
      params: idParams,
      response: { 204: z.undefined(), ...problems },
    },
    handler: async (request, reply) => {
      await asCaller(request, async (connection) => await deleteGeofence(connection, request.params.id));
      return await reply.code(204).send();
    },
  });

  app.get(`${PATH}/:id/versions`, {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'What a geofence was, newest first, also after it was deleted. A page ends early where shapes are large.',
      params: idParams,
      querystring: pageQuery(100, 50),
      response: { 200: pageView(geofenceView), ...problems },
    },
    handler: async (request, reply) => {
      const { limit, cursor } = request.query;
      const list = `versions of geofence ${request.params.id}`;
      const before = cursor === undefined ? AFTER_ALL_IDS : decodeCursor(list, cursor);
      const { items, isLast } = await asCaller(
        request,
        async (connection) => await listGeofenceVersions(connection, request.params.id, before, limit),
      );
      return await sendPage(reply, items, isLast ? null : encodeCursor(list, items.at(-1)!.version));
    },
  });
};

/** As text: the schema would check each of some hundred thousand vertices again. */
async function sendPage(
  reply: FastifyReply,
  items: GeofenceView[],
  nextCursor: string | null,
): Promise<FastifyReply> {
  return await reply
    .type('application/json; charset=utf-8')
    .serializer((text: string) => text)
    .send(JSON.stringify({ items, nextCursor }));
}
