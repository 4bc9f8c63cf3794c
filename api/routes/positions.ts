import { asOperator } from '@wayleave/runtime/postgres.ts';
import {
  historyPage,
  MAX_HISTORY_PAGE,
  MAX_HISTORY_PAGE_BYTES,
} from '@wayleave/telematics/positions/history.ts';
import {
  MAX_TOLERANCE_M,
  type TextFormat,
  textFormats,
} from '@wayleave/telematics/positions/history-text.ts';
import { positionView } from '@wayleave/telematics/positions/position.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS } from '../http/access.ts';
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts';
import { idParams, pageView, problems } from '../http/schemas.ts';
import { rangeOf, rangeQuery } from '../http/time-range.ts';
import type { ApiParts } from '../parts.ts';
import { sendStream } from '../streams/send-stream.ts';

const DEFAULT_PAGE = 1_000;

const historyQuery = rangeQuery
  .extend({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        `Positions in a page of JSON, ${DEFAULT_PAGE} if absent and ${MAX_HISTORY_PAGE} at the most; ` +
          'in the other formats, where the whole range comes if it is absent, positions at the most',
      ),
    cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
    verdict: z
      .enum(['good', 'all'])
      .default('good')
      .describe('`all` gives the doubtful positions too, each with its verdict and what speaks against it'),
    format: z.enum(['json', ...textFormats]).default('json'),
  })
  .refine(({ format, limit }) => format !== 'json' || (limit ?? 1) <= MAX_HISTORY_PAGE, {
    path: ['limit'],
    message: `must be ${MAX_HISTORY_PAGE} at the most in JSON`,
  });

const CONTENT_TYPES: Record<TextFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  geojson: 'application/geo+json',
  gpx: 'application/gpx+xml',
  kml: 'application/vnd.google-earth.kml+xml',
};

export const positionRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, streams }) => {
  app.get('/api/v1/vehicles/:id/positions', {
    config: { access: READERS },
    schema: {
      tags: ['positions'],
      security: [{ bearer: [] }],
      description:
        'Where a vehicle was, by fix time, oldest first, across the devices that were installed in it. ' +
        'JSON is paged, by `nextCursor` and the `Link` header with rel="next"; a page also ends at ' +
        `${MAX_HISTORY_PAGE_BYTES / 2 ** 20} MiB, so it may be shorter than \`limit\`. The other formats are the whole ` +
        'range in one answer, which is streamed: if it cannot be read to its end the connection is cut, so an ' +
        'answer that ends is complete. GPX and KML hold the positions that have a place, GPX a segment and KML a ' +
        'placemark for each installation; CSV has columns with the verdicts when `verdict` is `all`.',
      params: idParams,
      querystring: historyQuery,
      response: {
        200: {
          description: 'A page of positions, or all of them',
          content: {
            'application/json': { schema: pageView(positionView) },
            'application/geo+json': { schema: z.string() },
            'text/csv': { schema: z.string() },
            'application/gpx+xml': { schema: z.string() },
            'application/vnd.google-earth.kml+xml': { schema: z.string() },
          },
        },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { limit, cursor, format, verdict } = request.query;
      const { id: vehicleId } = request.params;
      const range = rangeOf(request.query, Date.now());
      const { toMs } = range;
      const fromMs = cursor === undefined ? range.fromMs : Number(decodeCursor('positions', cursor));
      if (format !== 'json') {
        const job = {
          kind: 'export',
          vehicleId,
          fromMs,
          toMs,
          format,
          verdict,
          limit: limit ?? null,
        } as const;
        const fileName = `vehicle-${vehicleId}.${format}`;
        return await sendStream(request, reply, { appPool, streams }, job, {
          contentType: CONTENT_TYPES[format],
          fileName,
        });
      }
      const { items, nextFromMs } = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) =>
          await historyPage(connection, { vehicleId, fromMs, toMs, verdict, limit: limit ?? DEFAULT_PAGE }),
      );
      const nextCursor = nextFromMs === null ? null : encodeCursor('positions', nextFromMs);
      if (nextCursor !== null) {
        const next = new URLSearchParams({
          from: new Date(range.fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          limit: String(limit ?? DEFAULT_PAGE),
          verdict,
          cursor: nextCursor,
        });
        reply.header('link', `</api/v1/vehicles/${vehicleId}/positions?${next}>; rel="next"`);
      }
      // Its schema would check each of thousands of positions again, which takes longer than to read them.
      return await reply
        .type('application/json; charset=utf-8')
        .serializer((text: string) => text)
        .send(`{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`);
    },
  });

  app.get('/api/v1/vehicles/:id/track', {
    config: { access: READERS },
    schema: {
      tags: ['positions'],
      security: [{ bearer: [] }],
      description:
        'The line that a vehicle drove, thinned out for a map: no good fix is further than `toleranceM` from the ' +
        'line between the two vertices before and after it in time. A GeoJSON FeatureCollection that is streamed, ' +
        'one feature a line, each but the first after a comma, so that a map draws the features as they come. A ' +
        'LineString begins where the one before of the same `deviceId` ended; `coordTimes` and `speedsKmh` among ' +
        'its properties have an entry for each vertex (a null speed where none was reported, and where the line is ' +
        'cut at the antimeridian). A device’s only fix is a Point. An answer that ends is complete.',
      params: idParams,
      querystring: rangeQuery.extend({
        toleranceM: z.coerce.number().min(0).max(MAX_TOLERANCE_M).default(10).describe('Metres'),
      }),
      response: {
        200: {
          description: 'The simplified track',
          content: { 'application/geo+json': { schema: z.string() } },
        },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { toleranceM } = request.query;
      const range = rangeOf(request.query, Date.now());
      const job = { kind: 'track', vehicleId: request.params.id, ...range, toleranceM } as const;
      return await sendStream(request, reply, { appPool, streams }, job, {
        contentType: CONTENT_TYPES.geojson,
        fileName: null,
      });
    },
  });
};
