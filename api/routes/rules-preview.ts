import { asOperator } from '@wayleave/runtime/postgres.ts';
import { previewRequest, previewView } from '@wayleave/telematics/rules/preview/preview.ts';
import { previewRules } from '@wayleave/telematics/rules/preview/service.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

/** Geofences of 10,000 vertices may be tried. */
const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

export const rulesPreviewRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.post('/api/v1/rules/preview', {
    bodyLimit: MAX_BODY_BYTES,
    config: { access: READERS },
    schema: {
      tags: ['rules'],
      security: [{ bearer: [] }],
      description:
        'Runs the rules over the stored history of a vehicle and tells what they would have found, with the ' +
        'settings, geofences or limit that are to be tried. Nothing is stored, and nobody is told.',
      body: previewRequest,
      response: { 200: previewView, ...problems },
    },
    handler: async (request) => {
      const { operatorId } = callerOf(request);
      return await asOperator(
        appPool,
        operatorId,
        async (connection) => await previewRules(connection, Number(operatorId), ruleEngine, request.body),
      );
    },
  });
};
