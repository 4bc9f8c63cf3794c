import { z } from 'zod';

const KIB = 1_024;
const MIB = 1_024 * KIB;

/**
 * Bounds of the broker. Those that an installation may have to change are read from the
 * environment (`limitVariables`); the others follow from the protocol and the machine.
 */
export const limits = {
  /** A CONNECT holds a client id, a user name, a password and perhaps a will. */
  maxConnectBytes: 8 * KIB,
  /** Room for a pipelined first batch; more waits for the login. */
  maxUnknownBytes: 256 * KIB,
  /**
   * Packets that are not PUBLISH: a tracker subscribes to two topics, and pings now and then. At once
   * may come what is under way as a connection breaks, of which some clients send the PUBREL again.
   */
  maxControlBytes: 4 * KIB,
  maxControlPacketsPerS: 20,
  maxControlPacketBurst: 300,
  /** From accepting a connection to its CONNECT. */
  connectTimeoutMs: 10_000,
  tlsHandshakeTimeoutMs: 10_000,
  /** A client that does not take what it is sent for this long is dropped. */
  drainTimeoutMs: 10_000,
  /** Packets that may wait between a client's CONNECT and its CONNACK. */
  maxQueuedBeforeConnack: 512,
  /** A client that asks for none, or for more, gets this: a dead connection is found at last. */
  maxKeepaliveS: 7_200,
  maxClientIdBytes: 256,
  maxTopicLevels: 32,
  /** Characters; bytes that are no UTF-8 triple in length when they are read as text. */
  maxTopicLength: 1_024,
  /** Logins of one device at once: a tracker that comes back before its old connection ended. */
  maxSessionsPerDevice: 4,
  maxInFlightMessagesPerClient: 256,
  maxInFlightBytesPerClient: 2 * MIB,
  /** Over all clients: what the broker's memory may hold unacknowledged. */
  maxInFlightMessages: 20_000,
  maxInFlightBytes: 32 * MIB,
  /** Reading goes on when what is in flight has fallen to this share of its bound. */
  resumeShare: 0.75,
  /** Connections waiting for their turn under `MAX_CONNECTS_PER_S`; more are refused. */
  maxWaitingConnections: 20_000,
  /** Changed credentials remembered, for logins that read them just before. */
  maxRememberedChanges: 10_000,
  /** Gateways of which anything is remembered; what was asked for longest ago is forgotten. */
  maxRoutedGateways: 1_000,
  /** Idents of which it is remembered for which device a gateway speaks, for each gateway. */
  maxAllowedRoutesPerGateway: 100_000,
  /** The same of those for which it may not speak: several times the parts of a message, whose idents are known together. */
  maxDeniedRoutesPerGateway: 8_000,
  /** How long an ident is taken for one that the gateway may not speak for, before it is asked again. */
  deniedRouteMs: 5_000,
  /** Messages of gateways that wait for the database, over all: half of what the broker may hold. */
  maxHeldMessages: 10_000,
  maxHeldBytes: 16 * MIB,
  /** Devices in one question for their next commands. */
  maxDevicesPerClaim: 500,
  /** Commands written to connections and not acknowledged, over all; the others wait in the database. */
  maxCommandsUnderWay: 10_000,
  /** A command that a tracker does not acknowledge for this long is given back. */
  commandAckWaitMs: 30_000,
} as const;

export const limitVariables = {
  MAX_CONNECTIONS: z.coerce.number().int().min(1).default(100_000).describe('Open connections'),
  MAX_CONNECTS_PER_S: z.coerce
    .number()
    .min(1)
    .default(2_000)
    .describe('New connections a second; the rest wait'),
  DEVICE_MAX_PUBLISHES_PER_S: z.coerce
    .number()
    .min(0.1)
    .default(250)
    .describe('Publishes a second of one device, averaged over ten seconds; faster ones are slowed down'),
  GATEWAY_MAX_PUBLISHES_PER_S: z.coerce
    .number()
    .min(0.1)
    .default(5_000)
    .describe('The same for a gateway; what one publish says of several devices counts once for each'),
  MAX_FRAME_KIB: z.coerce
    .number()
    .int()
    .min(1)
    .max(16 * 1_024)
    .default(1_024)
    .describe('Longest MQTT packet in KiB; a longer one ends the connection'),
};
