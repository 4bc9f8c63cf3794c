import { messageOf } from '@wayleave/runtime/errors.ts';
import type { Log } from '@wayleave/runtime/log.ts';
import type { LiveEvent } from '@wayleave/telematics/events/event-feed.ts';
import {
  applyUpdate,
  closeRevision,
  createFleet,
  type FleetRow,
  mergeRows,
} from '@wayleave/telematics/live/fleet.ts';
import type { LiveUpdate } from '@wayleave/telematics/live/live-feed.ts';
import type { Contains } from '@wayleave/telematics/live/viewport.ts';
import { createDelivery, type FeedClient } from './delivery.ts';
import { createEventDelivery } from './event-delivery.ts';
import { createFleetDocument, type FleetDocument } from './fleet-document.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './live-metrics.ts';

/** What one operator's watchers share: its fleet, fed by the live feed, and the beat of what goes out. */
export interface OperatorFeed {
  clients: Set<FeedClient>;
  receive(updates: readonly LiveUpdate[]): void;
  /** Tells every subscriber what became of events. */
  receiveEvents(events: readonly LiveEvent[]): void;
  /** Shows a client what the viewport holds, then its changes. */
  subscribe(client: FeedClient, contains: Contains): void;
  /** The latest of every vehicle at once, as soon as the fleet has been read. */
  document(): Promise<FleetDocument>;
  /** Reads the fleet again soon: installations changed, or messages may have been missed. */
  refreshSoon(): void;
  close(): void;
}

export interface OperatorFeedParts {
  /** Resolves when the live feed is subscribed to: only then may the fleet be read. */
  subscribed: () => Promise<void>;
  load: () => Promise<FleetRow[]>;
  limits: LiveLimits;
  metrics: LiveMetrics;
  log: Log;
}

/**
 * Opens the feed: subscribes first, reads the fleet then, and merges what was published meanwhile,
 * so that nothing falls between the two.
 */
export function createOperatorFeed({
  subscribed,
  load,
  limits,
  metrics,
  log,
}: OperatorFeedParts): OperatorFeed {
  const fleet = createFleet();
  const clients = new Set<FeedClient>();
  const delivery = createDelivery(fleet, clients, limits, metrics);
  const document = createFleetDocument(fleet, limits);
  const firstRead = Promise.withResolvers<void>();
  /** Of devices nobody knows, while the fleet is being read: the read may be older. */
  let early: Map<string, LiveUpdate> | null = null;
  /** Devices that are in no vehicle, as of the last read: they cause no further one. */
  const unassigned = new Set<string>();
  let loaded = false;
  let closed = false;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let readTookMs = 0;
  let refreshTimer: NodeJS.Timeout | undefined;
  let refreshDueMs = Number.POSITIVE_INFINITY;
  /** What was wished for while the fleet was being read: that read may have come too early for it. */
  let wishedMs = Number.POSITIVE_INFINITY;

  const receive = (updates: readonly LiveUpdate[]): void => {
    const seen = { moved: 0, late: 0, outside: 0, unknown: 0 };
    for (const update of updates) {
      const applied = applyUpdate(fleet, update);
      seen[applied] += 1;
      if (applied !== 'unknown') continue;
      const [deviceId] = update;
      if (early) early.set(deviceId, newest(early.get(deviceId), update));
      else if (!unassigned.has(deviceId)) {
        // It was committed before it was published: the next read finds it.
        unassigned.add(deviceId);
        scheduleRefresh(limits.refreshForUnknownMs);
      }
    }
    for (const [outcome, count] of Object.entries(seen))
      if (count > 0) metrics.updates.inc({ outcome }, count);
    if (seen.moved === 0) return;
    document.changed();
    delivery.changed();
  };

  const refresh = async (): Promise<void> => {
    refreshTimer = undefined;
    refreshDueMs = Number.POSITIVE_INFINITY;
    readAtMs = performance.now();
    early = new Map();
    try {
      if (!loaded) await subscribed();
      mergeRows(fleet, await load());
      for (const update of early.values()) {
        if (applyUpdate(fleet, update) === 'unknown') unassigned.add(update[0]);
      }
      // Nobody has been shown anything yet, so what was just read is no change to anybody.
      if (!loaded) closeRevision(fleet);
      loaded = true;
      document.changed();
      firstRead.resolve();
    } catch (error) {
      log.warn({ err: messageOf(error) }, 'the fleet could not be read for the live map');
    }
    early = null;
    readTookMs = performance.now() - readAtMs;
    for (const deviceId of unassigned) if (fleet.byDevice.has(deviceId)) unassigned.delete(deviceId);
    const afterMs = Math.min(wishedMs, loaded ? limits.refreshEveryMs : limits.refreshForUnknownMs);
    wishedMs = Number.POSITIVE_INFINITY;
    scheduleRefresh(afterMs);
    if (closed || !loaded) return;
    for (const client of clients) if (client.wanted) delivery.begin(client);
    delivery.changed();
  };

  /** At most so often, and never more than a tenth of the time; the earliest wish counts. */
  const scheduleRefresh = (afterMs: number): void => {
    if (closed) return;
    if (early !== null) {
      wishedMs = Math.min(wishedMs, afterMs);
      return;
    }
    const dueMs = Math.max(performance.now(), readAtMs + Math.max(afterMs, 10 * readTookMs));
    if (dueMs >= refreshDueMs) return;
    clearTimeout(refreshTimer);
    refreshDueMs = dueMs;
    refreshTimer = setTimeout(() => void refresh(), Math.max(0, dueMs - performance.now()));
  };

  void refresh();

  return {
    clients,
    receive,
    receiveEvents: createEventDelivery(fleet, clients, limits, metrics),
    subscribe: (client, contains) => {
      client.wanted = contains;
      if (loaded) delivery.begin(client);
    },
    document: async () => {
      await firstRead.promise;
      return document.now();
    },
    refreshSoon: () => {
      unassigned.clear();
      scheduleRefresh(limits.refreshAfterChangeMs);
    },
    close: () => {
      closed = true;
      clearTimeout(refreshTimer);
      delivery.close();
    },
  };
}

const newest = (known: LiveUpdate | undefined, update: LiveUpdate): LiveUpdate =>
  known && known[1] > update[1] ? known : update;
