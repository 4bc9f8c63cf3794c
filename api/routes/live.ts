import websocket from '@fastify/websocket';
import { CodedError } from '@wayleave/runtime/errors.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { bearerOf } from '../http/access.ts';
import { problemResponse } from '../http/schemas.ts';
import { LIVE_LIMITS, MAX_CLIENT_MESSAGE_BYTES } from '../live/limits.ts';
import { type LiveConnection, serveLiveConnection } from '../live/live-connection.ts';
import { CLOSE } from '../live/protocol.ts';
import type { ApiParts } from '../parts.ts';

/** The path speaks WebSocket only. */
const upgradeRequired = () => new CodedError('upgrade_required', 426, 'This path is a WebSocket.');

/** The live door. It is not a plugin of its own, so that the app's WebSocket server can be looked at. */
export async function serveLive(app: FastifyInstance, parts: ApiParts): Promise<void> {
  const { identity, live: hub, liveMetrics, liveLimits: limits = LIVE_LIMITS, log } = parts;
  const connections = new Set<LiveConnection>();

  const heartbeat = setInterval(() => {
    for (const connection of connections) {
      connection.heartbeat().catch((error: unknown) => log.warn({ err: error }, 'a heartbeat failed'));
    }
  }, limits.heartbeatMs);

  await app.register(websocket, {
    options: {
      maxPayload: MAX_CLIENT_MESSAGE_BYTES,
      // Costs a context of 300 KiB per connection and more CPU than the bytes are worth.
      perMessageDeflate: false,
    },
    // Messages that are too large or malformed frames: the client's doing, told to it by the close.
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, 'a live connection failed');
      // After a bad frame ws itself says why and closes.
      if (socket.readyState === socket.OPEN) socket.terminate();
    },
    preClose: async () => {
      clearInterval(heartbeat);
      for (const connection of connections) connection.close(CLOSE.goingAway, 'the service stops');
      hub.close();
      app.websocketServer.close();
    },
  });

  app.route({
    method: 'GET',
    url: '/api/v1/live',
    config: { access: 'public' },
    schema: {
      tags: ['live'],
      description:
        'WebSocket. Authenticate by the Authorization header or a first message ' +
        '`{"type":"authenticate","token"}`; then `{"type":"subscribe","bounds":[west,south,east,north]}` ' +
        'gives `snapshot` and then `changes`, the latest per vehicle, and `{"type":"events","events":[…]}` ' +
        'whenever events are raised, changed, ended or retracted, each as it now is and wherever it was.',
      response: {
        101: z.undefined().describe('The connection is a WebSocket now'),
        426: problemResponse('A request that is no WebSocket'),
      },
    },
    handler: async (_request, reply) => {
      reply.header('upgrade', 'websocket').header('connection', 'upgrade');
      throw upgradeRequired();
    },
    wsHandler: (socket, request) => {
      if (connections.size >= limits.maxConnections) return socket.close(CLOSE.tryAgainLater, 'no room');
      const token = bearerOf(request);
      const connection = serveLiveConnection({ socket, identity, hub, limits, log, token });
      connections.add(connection);
      liveMetrics.connections.set(connections.size);
      socket.on('close', () => {
        connections.delete(connection);
        liveMetrics.connections.set(connections.size);
      });
    },
  });
}
