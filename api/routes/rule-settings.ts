import { asOperator } from '@wayleave/runtime/postgres.ts';
import { ruleSettings } from '@wayleave/telematics/rules/settings.ts';
import {
  getRuleSettings,
  listRuleSettings,
  ruleSettingsVersionView,
  setRuleSettings,
} from '@wayleave/telematics/rules/settings-service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS } from '../http/access.ts';
import { AFTER_ALL_IDS, decodeCursor, encodeCursor } from '../http/page-cursor.ts';
import { pageQuery, pageView, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['settings'], security: [{ bearer: [] }] };
const PATH = '/api/v1/settings/rules';
const VERSIONS = 'versions of rule settings';

export const ruleSettingsRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.get(PATH, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'The settings of all rules: those that were saved last, or the defaults.',
      response: { 200: ruleSettings, ...problems },
    },
    handler: async (request) => await asOperator(appPool, callerOf(request).operatorId, getRuleSettings),
  });

  app.put(PATH, {
    config: { access: ['admin'] },
    schema: {
      ...documented,
      description:
        'Saves the settings of all rules; what is left out has its default. They hold for fixes from one second ' +
        'from now on; late fixes of before are judged by what held then.',
      body: ruleSettings,
      response: { 200: ruleSettings, ...problems },
    },
    handler: async (request) => {
      const { operatorId, userId } = callerOf(request);
      return await asOperator(
        appPool,
        operatorId,
        async (connection) => await setRuleSettings(connection, request.body, userId),
      );
    },
  });

  app.get(`${PATH}/versions`, {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'Every version that was saved, newest first. Before the first one the defaults held.',
      querystring: pageQuery(100, 50),
      response: { 200: pageView(ruleSettingsVersionView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? AFTER_ALL_IDS : decodeCursor(VERSIONS, cursor);
      const versions = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listRuleSettings(connection, before, limit + 1),
      );
      const items = versions.slice(0, limit);
      const nextCursor = versions.length > limit ? encodeCursor(VERSIONS, items.at(-1)!.version) : null;
      return { items, nextCursor };
    },
  });
};
