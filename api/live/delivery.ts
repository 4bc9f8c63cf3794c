import { closeRevision, type Fleet } from '@wayleave/telematics/live/fleet.ts';
import { beginSnapshot, changesFor, nextOfSnapshot, type Viewer } from '@wayleave/telematics/live/viewer.ts';
import type { Contains } from '@wayleave/telematics/live/viewport.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { CLOSE, changesMessage, snapshotMessage } from './protocol.ts';

/** The part of a WebSocket that delivery needs. */
export interface LiveSocket {
  /** Bytes given to `send` that are not with the operating system yet. */
  readonly bufferedAmount: number;
  /** `sent` is called when the bytes are with the operating system, or cannot be any more. */
  send(text: string | Buffer, options: { binary: false }, sent: () => void): void;
  close(code: number, reason: string): void;
}

export interface FeedClient {
  socket: LiveSocket;
  viewer: Viewer;
  /** The viewport that was asked for and whose snapshot has not begun. */
  wanted: Contains | null;
  /** False until the first snapshot begins: there is nothing to tell before. */
  subscribed: boolean;
  snapshotTotal: number;
  /** Since when the socket has been over its bound; null while it is not. */
  slowSinceMs: number | null;
}

export interface Delivery {
  /** Something in the fleet changed: it goes out now, or when the spacing allows. */
  changed(): void;
  /** Begins the snapshot that the client wants. */
  begin(client: FeedClient): void;
  close(): void;
}

/**
 * Tells the clients of one operator what changed, all on one beat. Nothing is queued for a client
 * beyond its socket: at most `maxBufferedBytes` and one message of the fleet's size.
 */
export function createDelivery(
  fleet: Fleet,
  clients: ReadonlySet<FeedClient>,
  limits: LiveLimits,
  metrics: LiveMetrics,
): Delivery {
  let timer: NodeJS.Timeout | undefined;
  let beatAtMs = Number.NEGATIVE_INFINITY;
  let spacingMs = limits.spacingMs;

  const send = (client: FeedClient, message: string | Buffer): void => {
    metrics.sent.inc();
    client.socket.send(message, { binary: false }, () => {
      if (client.viewer.snapshotSlot !== null) sendSnapshot(client);
    });
  };

  /** Whether the client takes anything now; one that has not for too long is closed. */
  const takesMore = (client: FeedClient): boolean => {
    if (client.socket.bufferedAmount <= limits.maxBufferedBytes) {
      client.slowSinceMs = null;
      return true;
    }
    const nowMs = performance.now();
    client.slowSinceMs ??= nowMs;
    metrics.skipped.inc();
    if (nowMs - client.slowSinceMs >= limits.maxSlowMs) {
      metrics.tooSlow.inc();
      client.socket.close(CLOSE.tryAgainLater, 'too slow');
    }
    return false;
  };

  const sendSnapshot = (client: FeedClient): void => {
    const { viewer } = client;
    while (viewer.snapshotSlot !== null && client.socket.bufferedAmount <= limits.maxBufferedBytes) {
      const part = nextOfSnapshot(viewer, fleet, limits.snapshotPart);
      send(client, snapshotMessage(part, client.snapshotTotal, viewer.snapshotSlot === null));
    }
  };

  const beat = (): void => {
    timer = undefined;
    beatAtMs = performance.now();
    const revision = closeRevision(fleet);
    // Those who watch everything and are up to date all hear the same: one encoding serves them.
    let ofWholeFleet: Buffer | undefined;
    let someAreBehind = false;
    for (const client of clients) {
      if (!client.subscribed) continue;
      const { viewer } = client;
      if (!takesMore(client) || viewer.snapshotSlot !== null) {
        if (viewer.snapshotSlot !== null) sendSnapshot(client);
        someAreBehind = true;
        continue;
      }
      const upToDate = viewer.toldRevision === revision.revision - 1;
      const changes = changesFor(viewer, fleet, revision);
      if (changes.vehicles.length === 0 && changes.left.length === 0) continue;
      if (viewer.hasViewport || !upToDate || changes.left.length > 0) send(client, changesMessage(changes));
      else send(client, (ofWholeFleet ??= Buffer.from(changesMessage(changes))));
    }
    const tookMs = performance.now() - beatAtMs;
    spacingMs = Math.min(Math.max(limits.spacingMs, tookMs / limits.maxBusyShare), limits.maxSpacingMs);
    if (someAreBehind) schedule();
  };

  const schedule = (): void => {
    timer ??= setTimeout(beat, Math.max(0, beatAtMs + spacingMs - performance.now()));
  };

  return {
    changed: () => {
      if (timer !== undefined || clients.size === 0) return;
      if (performance.now() >= beatAtMs + spacingMs) beat();
      else schedule();
    },
    begin: (client) => {
      if (!client.wanted) return;
      client.snapshotTotal = beginSnapshot(client.viewer, fleet, client.wanted);
      client.wanted = null;
      client.subscribed = true;
      sendSnapshot(client);
      if (client.viewer.snapshotSlot !== null) schedule();
    },
    close: () => clearTimeout(timer),
  };
}
