/** Every bound of the live door, with its unit; a test brings smaller ones. */
export interface LiveLimits {
  /**
   * Least time between two `changes` to one client. The first change after a quiet time goes out
   * at once; under steady load this is what a position waits at most, so it is half of the 100 ms
   * within which 99 % of them must be out.
   */
  spacingMs: number;
  /** A pass over the clients may take this share of the time; the spacing grows with its cost. */
  maxBusyShare: number;
  maxSpacingMs: number;
  /** Events that an operator's watchers are told of per second, and at once; the others are in the list. */
  eventsPerS: number;
  eventBurst: number;
  /** A client with more bytes than this unsent gets nothing further until they are gone. */
  maxBufferedBytes: number;
  /** A client that is over that bound for so long is closed with 1013. */
  maxSlowMs: number;
  /** Vehicles in one `snapshot` message: about 100 KiB. */
  snapshotPart: number;
  /** Connections to this process, signed in or not. */
  maxConnections: number;
  /** Time to send `authenticate` in. */
  authenticateWithinMs: number;
  /** Between two pings; one that is not answered by the next ends the connection. */
  heartbeatMs: number;
  /** Messages of one client per second, and at once. */
  messagesPerS: number;
  messageBurst: number;
  /** A fleet is read again after a change of installations, and for a device nobody knows. */
  refreshAfterChangeMs: number;
  refreshForUnknownMs: number;
  /** And now and then anyway: what was published while ingest died reaches the map so. */
  refreshEveryMs: number;
  /** The fleet of an operator is held for so long after a program asked for it. */
  holdFleetMs: number;
  /** Who asks for a fleet that has not been read yet waits no longer. */
  fleetWithinMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  spacingMs: 50,
  maxBusyShare: 0.25,
  maxSpacingMs: 1_000,
  eventsPerS: 50,
  eventBurst: 500,
  maxBufferedBytes: 256 * 1024,
  maxSlowMs: 30_000,
  snapshotPart: 500,
  maxConnections: 1_000,
  authenticateWithinMs: 5_000,
  heartbeatMs: 25_000,
  messagesPerS: 10,
  messageBurst: 30,
  refreshAfterChangeMs: 250,
  refreshForUnknownMs: 3_000,
  refreshEveryMs: 60_000,
  holdFleetMs: 300_000,
  fleetWithinMs: 5_000,
};

/** The largest message that a client may send; an access token is about 400 bytes. */
export const MAX_CLIENT_MESSAGE_BYTES = 4 * 1024;
