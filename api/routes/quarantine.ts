import { asOperator } from '@wayleave/runtime/postgres.ts';
import { quarantineEntryView } from '@wayleave/telematics/quarantine/entry.ts';
import { listQuarantine } from '@wayleave/telematics/quarantine/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS } from '../http/access.ts';
import { decodeCursor, pageOf } from '../http/page-cursor.ts';
import { pageQuery, pageView, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

/** The largest bigint: before it comes everything. */
const AFTER_ALL_IDS = '9223372036854775807';

export const quarantineRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get('/api/v1/quarantine', {
    config: { access: READERS },
    schema: {
      tags: ['quarantine'],
      security: [{ bearer: [] }],
      description: 'What trackers sent and no adapter could read, newest first.',
      // An entry carries its payload, so pages are short.
      querystring: pageQuery(100, 50),
      response: { 200: pageView(quarantineEntryView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const beforeId = cursor === undefined ? AFTER_ALL_IDS : decodeCursor('quarantine', cursor);
      const entries = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listQuarantine(connection, beforeId, limit + 1),
      );
      return pageOf('quarantine', entries, limit);
    },
  });
};
