import { asOperator } from '@wayleave/runtime/postgres.ts';
import { deadLetterReplayView, deadLetterView, riskJobId } from '@wayleave/telematics/events/dead-letter.ts';
import type { OwnEvents } from '@wayleave/telematics/events/dead-letter-store.ts';
import { eventId, eventView } from '@wayleave/telematics/events/event.ts';
import { eventFilter, eventOrder } from '@wayleave/telematics/events/event-filter.ts';
import {
  acknowledgeEvent,
  acknowledgement,
  getEvent,
  listEvents,
  visibleEvents,
} from '@wayleave/telematics/events/service.ts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, READERS, WRITERS } from '../http/access.ts';
import { decodeInstantCursor, encodeInstantCursor } from '../http/instant-cursor.ts';
import { pageQuery, pageView, problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

const documented = { tags: ['events'], security: [{ bearer: [] }] };
/** Who deals with what the queue could not deliver. */
const ADMINS = ['admin'] as const;

/** What is no id of an event names none, as an unknown one does. */
const eventParams = z.object({ id: z.string().describe('A UUID') });
const letterParams = z.object({ jobId: riskJobId });

const isEventId = (id: string): boolean => eventId.safeParse(id).success;
const isJobId = (id: string): boolean => riskJobId.safeParse(id).success;

export const eventRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { appPool, deadLetters }) => {
  app.get('/api/v1/events', {
    config: { access: READERS },
    schema: {
      ...documented,
      description:
        'What the rules found, newest first: by when it occurred, or with `order=changed` by when it was ' +
        'last found, ended, amended, retracted or reinstated.',
      querystring: pageQuery(200, 50).extend({
        ...eventFilter.shape,
        order: eventOrder.default('occurred'),
      }),
      response: { 200: pageView(eventView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor, order, ...filter } = request.query;
      const list = `events-${order}`;
      const after = cursor === undefined ? null : decodeInstantCursor(list, cursor, isEventId);
      const events = await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await listEvents(connection, filter, order, after, limit + 1),
      );
      const items = events.slice(0, limit);
      const last = events.length > limit ? items.at(-1) : undefined;
      const atMs = last && Date.parse(order === 'occurred' ? last.occurredAt : last.changedAt);
      const nextCursor = last && atMs !== undefined ? encodeInstantCursor(list, { atMs, id: last.id }) : null;
      return { items, nextCursor };
    },
  });

  app.get('/api/v1/events/:id', {
    config: { access: READERS },
    schema: { ...documented, params: eventParams, response: { 200: eventView, ...problems } },
    handler: async (request) =>
      await asOperator(
        appPool,
        callerOf(request).operatorId,
        async (connection) => await getEvent(connection, request.params.id),
      ),
  });

  app.post('/api/v1/events/:id/acknowledge', {
    config: { access: WRITERS },
    schema: {
      ...documented,
      description:
        'Says that somebody deals with the event. The first to say so stays; the answer tells who.',
      params: eventParams,
      body: acknowledgement.nullish(),
      response: { 200: eventView, ...problems },
    },
    handler: async (request) => {
      const { operatorId, userId } = callerOf(request);
      return await asOperator(
        appPool,
        operatorId,
        async (connection) =>
          await acknowledgeEvent(connection, request.params.id, userId, request.body ?? {}),
      );
    },
  });

  /** Asks the database, which knows the events of this operator only. */
  const ownEventsOf =
    (operatorId: string): OwnEvents =>
    async (ids) =>
      await asOperator(appPool, operatorId, async (connection) => await visibleEvents(connection, ids));

  app.get('/api/v1/events/dead-letters', {
    config: { access: ADMINS },
    schema: {
      ...documented,
      description:
        'Messages about events that no consumer of the queue could take, the latest failure first. A page ' +
        'may be short, or empty, and not the last one.',
      querystring: pageQuery(100, 50),
      response: { 200: pageView(deadLetterView), ...problems },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? null : decodeInstantCursor('dead-letters', cursor, isJobId);
      const isOwn = ownEventsOf(callerOf(request).operatorId);
      const { items, next } = await deadLetters.page(isOwn, after, limit);
      return { items, nextCursor: next && encodeInstantCursor('dead-letters', next) };
    },
  });

  app.post('/api/v1/events/dead-letters/:jobId/replay', {
    config: { access: ADMINS },
    schema: {
      ...documented,
      description: 'Gives a dead letter back to the queue, to be tried as often as a new message.',
      params: letterParams,
      body: z.strictObject({}).nullish(),
      response: { 202: deadLetterReplayView, ...problems },
    },
    handler: async (request, reply) => {
      await deadLetters.replay(ownEventsOf(callerOf(request).operatorId), request.params.jobId);
      return await reply.code(202).send({ replayed: 1, more: false });
    },
  });

  app.post('/api/v1/events/dead-letters/replay-all', {
    config: { access: ADMINS },
    schema: {
      ...documented,
      description: 'Gives the operator’s dead letters back to the queue, the latest thousand at once.',
      body: z.strictObject({}).nullish(),
      response: { 202: deadLetterReplayView, ...problems },
    },
    handler: async (request, reply) =>
      await reply.code(202).send(await deadLetters.replayAll(ownEventsOf(callerOf(request).operatorId))),
  });
};
