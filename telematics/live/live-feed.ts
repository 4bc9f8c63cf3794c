/**
 * The live feed: ingest publishes what it has just stored, the API passes it to browsers.
 * Redis pub/sub, one channel an operator; nothing is kept, a reader starts from a snapshot.
 */

/** Channel of an operator's live feed. */
export const liveChannel = (operatorId: string): string => `live:${operatorId}`;

/**
 * A device's newest position within the published batch. Arrays instead of objects keep the
 * message small: it is built and parsed for every batch.
 */
export type LiveUpdate = [
  deviceId: string,
  fixTimeMs: number,
  receivedAtMs: number,
  lat: number,
  lon: number,
  speedKmh: number | null,
  headingDeg: number | null,
  ignition: 0 | 1 | null,
  alarm: string | null,
];

/** Body of one message: `JSON.stringify(LiveUpdate[])`. */
export type LiveMessage = LiveUpdate[];
