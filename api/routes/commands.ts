import { asOperator } from '@wayleave/runtime/postgres.ts';
import { type CommandView, commandView, newCommand } from '@wayleave/telematics/commands/command.ts';
import { getCommand, listCommands, requestCommand } from '@wayleave/telematics/commands/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { AFTER_ALL_IDS, decodeCursor, pageOf } from '../http/page-cursor.ts';
import { idParams, pageQuery, pageView, problems } from '../http/schemas.ts';
import { createOnce, idempotencyHeaders } from '../idempotency/idempotency.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['commands'], security: [{ bearer: [] }] };

export const commandRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool }) => {
  app.post('/api/v1/devices/:id/commands', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description:
        'Asks a tracker something: queued until the tracker is connected, then delivered at once. Only ' +
        'commands that read and switch nothing are taken; another is refused with `command_not_allowed`, ' +
        'which names those that are.',
      params: idParams,
      headers: idempotencyHeaders,
      body: newCommand,
      response: { 201: commandView, ...problems },
    },
    handler: async (request, reply) => {
      const { userId } = callerOf(request);
      const { answer } = await createOnce(
        appPool,
        request,
        async (connection) => await requestCommand(connection, userId, request.params.id, request.body),
      );
      return await reply.code(201).send(answer as CommandView);
    },
  });

  app.get('/api/v1/devices/:id/commands', {
    config: { access: READERS },
    schema: {
      ...documented,
      description: 'What a device was asked, newest first; kept for 90 days.',
      params: idParams,
      querystring: pageQuery(200, 50),
      response: { 200: pageView(commandView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const beforeId = cursor === undefined ? AFTER_ALL_IDS : decodeCursor('commands', cursor);
      const commands = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listCommands(connection, request.params.id, beforeId, limit + 1),
      );
      return pageOf('commands', commands, limit);
    },
  });

  app.get('/api/v1/commands/:id', {
    config: { access: READERS },
    schema: { ...documented, params: idParams, response: { 200: commandView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getCommand(connection, request.params.id),
      ),
  });
};
