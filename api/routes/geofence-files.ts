import { asOperator } from '@wayleave/runtime/postgres.ts';
import { tooManyGeofences } from '@wayleave/telematics/geofences/errors.ts';
import { MAX_IMPORT_BYTES, type RefusedFeature } from '@wayleave/telematics/geofences/formats/format.ts';
import { geofenceFormatName, geofenceFormats } from '@wayleave/telematics/geofences/formats/formats.ts';
import type { GeofenceView } from '@wayleave/telematics/geofences/geofence.ts';
import { importRequest, importResult, refusalOf } from '@wayleave/telematics/geofences/import.ts';
import { addGeofences, getGeofences, MAX_GEOFENCES } from '@wayleave/telematics/geofences/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createImportReader, IMPORT_LIMITS } from '../geofence-import/import-reader.ts';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';
import { sendStream } from '../streams/send-stream.ts';
import { geofenceFilter } from './geofences.ts';

const documented = { tags: ['geofences'], security: [{ bearer: [] }] };
const PATH = '/api/v1/geofences';
export const geofenceFileRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, streams }) => {
  const imports = createImportReader(IMPORT_LIMITS);
  app.addHook('onClose', async () => await imports.close());

  app.post(`${PATH}/import`, {
    config: { access: WRITERS },
    bodyLimit: MAX_IMPORT_BYTES,
    schema: {
      ...documented,
      description:
        'Makes geofences of the features of a file. Those that cannot be are refused, each with its reason; the ' +
        'others are made all the same. A body may have 5 MiB.',
      headers: idempotencyHeaders,
      body: importRequest,
      response: { 200: importResult, ...problems },
    },
    handler: async (request, reply) => {
      const { operatorId, userId } = callerOf(request);
      const read = await imports.read(operatorId, request.body);
      const { answer, repeated } = await createOnce(
        appPool,
        request,
        async (connection) => {
          const contents = read.features.map(({ content }) => content);
          const created = await addGeofences(connection, contents, userId);
          const overflow = read.features
            .slice(created.length)
            .map(({ index, content }) => refusalOf(index, content.name, tooManyGeofences(MAX_GEOFENCES)));
          return { created, refused: [...read.refused, ...overflow] };
        },
        ({ created, refused }): KeptAnswer => ({ ids: created.map(({ id }) => id), refused }),
      );
      const result = repeated ? await resultOf(operatorId, answer as KeptAnswer) : answer;
      // As text: the schema would check each of some hundred thousand vertices again.
      return await reply
        .type('application/json; charset=utf-8')
        .serializer((text: string) => text)
        .send(JSON.stringify(result) as never);
    },
  });

  /** What a repeated import is answered with: of what the first one made, what there still is. */
  const resultOf = async (
    operatorId: string,
    { ids, refused }: KeptAnswer,
  ): Promise<{ created: GeofenceView[]; refused: RefusedFeature[] }> => ({
    created: await asOperator(appPool, operatorId, async (connection) => await getGeofences(connection, ids)),
    refused,
  });

  app.get(`${PATH}/export`, {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'The geofences that hold, or are about to, as a file that an import takes. It is streamed: if it cannot be ' +
        'read to its end the connection is cut, so an answer that ends is complete.',
      querystring: geofenceFilter.extend({ format: geofenceFormatName }),
      response: {
        200: {
          description: 'The geofences',
          content: {
            'application/geo+json': { schema: z.string() },
            'application/vnd.google-earth.kml+xml': { schema: z.string() },
            'text/plain': { schema: z.string() },
          },
        },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { format, ...filter } = request.query;
      const job = { kind: 'geofences', format, filter } as const;
      return await sendStream(request, reply, { appPool, streams }, job, {
        contentType: geofenceFormats[format].contentType,
        fileName: `geofences.${geofenceFormats[format].fileExtension}`,
      });
    },
  });
};

/** What is kept of an import under its idempotency key: not the shapes, which are stored already. */
interface KeptAnswer {
  ids: string[];
  refused: RefusedFeature[];
}
