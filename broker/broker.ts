import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Log } from '@wayleave/runtime/log.ts';
import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import { LRUCache } from 'lru-cache';
import { logIn, REFUSED_IDENTIFIER, REFUSED_UNAVAILABLE, refusalError } from './authenticate.ts';
import type { BrokerMetrics } from './broker-metrics.ts';
import { CommandDelivery, type CommandStore } from './command-delivery.ts';
import { connectDownlink, publishToNobody } from './downlink.ts';
import { FlowControl } from './flow-control.ts';
import { FrameGuard } from './frame-guard.ts';
import { GatewayLane } from './gateway-lane.ts';
import { NOBODY, type Part, partsOf } from './gateway-parts.ts';
import { type AskRoutes, GatewayRoutes } from './gateway-routes.ts';
import { guardInlet, type Inlet } from './inlet.ts';
import { limits } from './limits.ts';
import { TokenBucket } from './rate-limit.ts';
import { type Session, Sessions } from './session.ts';
import { mayGatewayPublish, mayTrackerPublish, mayTrackerSubscribe } from './topic-policy.ts';
import type { UplinkWriter } from './uplink-writer.ts';

export interface BrokerOptions {
  lookup: (ident: string) => Promise<DeviceCredential | undefined>;
  secretKey: Buffer;
  /** Of which devices the idents are for which a gateway may speak. */
  askRoutes: AskRoutes;
  adapters: Adapters;
  writer: UplinkWriter;
  commands: CommandStore;
  metrics: BrokerMetrics;
  log: Log;
  maxFrameBytes: number;
  maxPublishesPerS: number;
  maxGatewayPublishesPerS: number;
}

export interface Broker {
  sessions: Sessions;
  flow: FlowControl;
  routes: GatewayRoutes;
  commands: CommandDelivery;
  /** Takes over an accepted connection. */
  accept(socket: Socket): void;
  /** Ends every session of a device or gateway, and forgets for whom it was spoken. */
  disconnect(deviceId: number, reason: string): void;
  /** A gateway's rights changed, or (null) those of any may have. */
  forgetRoutes(gatewayId: number | null): void;
  close(): Promise<void>;
}

/**
 * Aedes with Wayleave's policies. It keeps no session state that must survive: uplink goes to
 * the log before it is acknowledged, downlink comes from PostgreSQL, so any number of brokers
 * share nothing.
 */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { lookup, secretKey, adapters, writer, metrics, log } = options;
  const sessions = new Sessions();
  const flow = new FlowControl();
  const routes = new GatewayRoutes(options.askRoutes);
  const commands = new CommandDelivery({ store: options.commands, sessions, metrics, log });
  const connections = new WeakMap<Client, { guard: FrameGuard; inlet: Inlet }>();
  const malformedIds = new WeakSet<Client>();
  const changedAtMs = new LRUCache<number, number>({ max: limits.maxRememberedChanges });
  const frameLimits = { ...limits, maxFrameBytes: options.maxFrameBytes };

  const hooks: AedesOptions = {
    preConnect: (client, packet, done) => {
      // [MQTT-3.1.3-8] no client id and a session to keep cannot be; refused with reason 2,
      // which Aedes sends only from `authenticate`.
      if (packet.clientId === '' && !packet.clean) malformedIds.add(client);
      // A client id is the tracker's own: with its ident before it, none can take over the
      // session of another by naming the same id.
      packet.clientId = `${packet.username ?? ''}/${packet.clientId || randomUUID()}`;
      // Nothing is kept between connections, and CONNACK says so (session present 0).
      packet.clean = true;
      packet.keepalive = Math.min(packet.keepalive || limits.maxKeepaliveS, limits.maxKeepaliveS);
      done(null, true);
    },

    authenticate: (client, username, password, done) => {
      if (malformedIds.has(client)) {
        metrics.refusals.inc({ reason: 'no_client_id' });
        return done(refusalError(REFUSED_IDENTIFIER, 'identifier rejected'), false);
      }
      // Whoever comes new to a full broker adds to what it holds; those that are in come first.
      if (flow.isFull) {
        metrics.refusals.inc({ reason: 'overloaded' });
        return done(refusalError(REFUSED_UNAVAILABLE, 'overloaded'), false);
      }
      const enter = async (): Promise<void> => {
        const askedAtMs = performance.now();
        const login = await logIn(lookup, secretKey, { ident: username, secret: password }, log);
        if ('refusal' in login) {
          metrics.refusals.inc({ reason: login.reason });
          log.info({ ident: username?.slice(0, 64), reason: login.reason }, 'login refused');
          return done(login.refusal, false);
        }
        if (client.closed) return;
        // The credential changed after it was read: there was no session yet to end.
        if ((changedAtMs.get(login.credential.deviceId) ?? 0) >= askedAtMs) return await enter();
        register(client, login.credential);
        done(null, true);
      };
      void enter();
    },

    // The only hook before the PUBACK (aedes lib/handlers/publish.js): calling back late holds
    // it until the message is on disk. For QoS 2 it comes before PUBREC.
    authorizePublish: (client, packet, done) => {
      const session = client ? sessions.of(client) : undefined;
      if (
        !session ||
        packet.topic.length > limits.maxTopicLength ||
        !(session.lane
          ? mayGatewayPublish(packet.topic)
          : mayTrackerPublish(session.ident, packet.topic, adapters))
      ) {
        metrics.refusals.inc({ reason: 'foreign_topic' });
        log.info({ ident: session?.ident, topic: packet.topic.slice(0, 200) }, 'publish on a foreign topic');
        return done(new Error('not a topic of this device'));
      }
      const { topic } = packet;
      const payload = packet.payload as Buffer;
      const receivedAtMs = Date.now();
      const parts = session.lane ? partsFor(session, { topic, payload, receivedAtMs }) : null;
      const bytes = payload.length + topic.length + (parts && parts.length > 1 ? bytesOf(parts, topic) : 0);
      flow.entered(session, bytes, performance.now(), parts?.length);
      const settle = (error?: Error): void => {
        flow.left(session, bytes);
        // Aedes keeps a QoS 2 packet until its PUBREL; the log has what it carried.
        packet.payload = Buffer.alloc(0);
        if (error) metrics.refusals.inc({ reason: 'overloaded' });
        done(error ?? null);
      };
      if (session.lane && parts) {
        session.lane.accept({ topic, receivedAtMs, payload, parts, bytes, settle });
      } else {
        const { deviceId, operatorId } = session;
        writer.accept({ deviceId, operatorId, receivedAtMs, unaddressed: false, topic, payload }, settle);
      }
    },

    // A refused filter is answered with 0x80 in the SUBACK; the session goes on.
    authorizeSubscribe: (client, subscription, done) => {
      const session = sessions.of(client);
      const isAllowed = session && !session.lane && mayTrackerSubscribe(session.ident, subscription.topic);
      done(null, isAllowed ? subscription : null);
    },

    authorizeForward: (client, packet) => commands.forward(client, packet),
  };

  const aedes = new Aedes({
    ...hooks,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    queueLimit: limits.maxQueuedBeforeConnack,
    maxClientsIdLength: limits.maxClientIdBytes,
    maxTopicLevels: limits.maxTopicLevels,
    maxInflightInbound: limits.maxInFlightMessagesPerClient,
    keepaliveLimit: limits.maxKeepaliveS,
  });
  publishToNobody(aedes);
  await aedes.listen();
  connectDownlink(aedes, sessions, commands);

  aedes.on('clientDisconnect', (client) => sessionEnded(client));
  aedes.on('clientError', (client, error) => {
    log.debug({ ident: sessions.of(client)?.ident, err: error }, 'connection ended');
    sessionEnded(client);
  });
  aedes.on('keepaliveTimeout', () => metrics.refusals.inc({ reason: 'keepalive' }));

  function register(client: Client, credential: DeviceCredential): void {
    const { guard, inlet } = connections.get(client)!;
    guard.known = true;
    const tooMany = sessions.ofDevice(credential.deviceId).length - limits.maxSessionsPerDevice + 1;
    for (const oldest of sessions.ofDevice(credential.deviceId).slice(0, Math.max(0, tooMany))) {
      metrics.refusals.inc({ reason: 'too_many_sessions' });
      oldest.client.close();
      sessionEnded(oldest.client);
    }
    const isGateway = credential.kind === 'gateway';
    const maxPerS = isGateway ? options.maxGatewayPublishesPerS : options.maxPublishesPerS;
    sessions.add({
      client,
      inlet,
      deviceId: credential.deviceId,
      operatorId: credential.operatorId,
      ident: credential.ident,
      secretHash: credential.secretHash,
      lane: isGateway ? new GatewayLane(credential, { routes, writer, log }) : null,
      publishes: new TokenBucket(maxPerS, maxPerS * 10, performance.now()),
      inFlightMessages: 0,
      inFlightBytes: 0,
      paused: null,
    });
  }

  /** A fault in a format must not end everybody's connection. */
  function partsFor(
    { ident }: Session,
    message: { topic: string; payload: Buffer; receivedAtMs: number },
  ): Part[] {
    try {
      return partsOf(adapters, message);
    } catch (error) {
      log.error({ err: error, ident, topic: message.topic }, 'a message could not be divided');
      return [{ ident: NOBODY, payload: message.payload }];
    }
  }

  function sessionEnded(client: Client): void {
    const session = sessions.of(client);
    if (!session) return;
    flow.forget(session);
    sessions.remove(client);
    commands.ended(session);
  }

  return {
    sessions,
    flow,
    routes,
    commands,
    accept: (socket) => {
      socket.setNoDelay(true);
      const guard = new FrameGuard(frameLimits, performance.now());
      const inlet = guardInlet(socket, guard, (violation) => {
        metrics.refusals.inc({ reason: violation });
        log.info({ address: socket.remoteAddress, violation }, 'connection refused');
      });
      connections.set(aedes.handle(socket), { guard, inlet });
    },
    disconnect: (deviceId, reason) => {
      changedAtMs.set(deviceId, performance.now());
      routes.forget(deviceId);
      for (const session of sessions.ofDevice(deviceId)) {
        metrics.refusals.inc({ reason });
        log.info({ ident: session.ident, reason }, 'session ended');
        session.client.close();
      }
    },
    forgetRoutes: (gatewayId) => routes.forget(gatewayId),
    close: async () => {
      routes.isClosed = true;
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await commands.close();
    },
  };
}

/**
 * What the parts of a message take in the log, each with the topic: more than came, if there are
 * many, and beside them may lie what came, for those that no device is to have.
 */
function bytesOf(parts: readonly Part[], topic: string): number {
  return parts.reduce((bytes, { payload }) => bytes + payload.length + topic.length, 0);
}
