import { asOperator } from '@wayleave/runtime/postgres.ts';
import { quarantineEntryView } from '@wayleave/telematics/quarantine/entry.ts';
import { quarantineFilter, quarantineState } from '@wayleave/telematics/quarantine/filter.ts';
import { newReplay, replayView } from '@wayleave/telematics/quarantine/replay-request.ts';
import {
  getQuarantined,
  getQuarantinedPayload,
  listQuarantine,
  requestReplay,
} from '@wayleave/telematics/quarantine/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { AFTER_ALL_IDS, decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['quarantine'], security: [{ bearer: [] }] };

export const quarantineRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/quarantine', {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'What trackers sent and no adapter could read, newest first. Long payloads are cut: `/payload` has the whole.',
      // An entry carries the beginning of its payload, so pages are short.
      querystring: pageQuery(100, 50).extend({
        ...quarantineFilter.shape,
        state: quarantineState.default('open').describe('Open, or replayed'),
      }),
      response: { 200: pageView(quarantineEntryView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const beforeId = cursor === undefined ? AFTER_ALL_IDS : decodeCursor('quarantine', cursor);
      const entries = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listQuarantine(connection, filter, beforeId, limit + 1),
      );
      return pageOf('quarantine', entries, limit);
    },
  });

  app.get('/api/v1/quarantine/:id', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: quarantineEntryView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getQuarantined(connection, request.params.id),
      ),
  });

  app.get('/api/v1/quarantine/:id/payload', {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'All the bytes as the tracker sent them.',
      params: idParams,
      response: {
        200: {
          description: 'The payload',
          content: {
            'application/octet-stream': {
              schema: z.instanceof(Buffer).meta({ type: 'string', format: 'binary' }),
            },
          },
        },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const payload = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getQuarantinedPayload(connection, id),
      );
      // Whatever a tracker sent is never for a browser to show.
      return await reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="quarantine-${id}.bin"`)
        .header('x-content-type-options', 'nosniff')
        .send(payload);
    },
  });

  app.post('/api/v1/quarantine/replays', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description:
        'Has open messages decoded anew, after an adapter, a gateway or the configuration was mended. ' +
        'What can be read then is ingested as if it came now, with the time at which it came first.',
      body: newReplay,
      response: { 202: replayView, ...problems },
    },
    handler: async (request, reply) => {
      const { operatorId } = callerOf(request);
      const answer = await asOperator(
        appPool,
        operatorId,
        async (connection) => await requestReplay(connection, operatorId, request.body),
      );
      return await reply.code(202).send(answer);
    },
  });
};
