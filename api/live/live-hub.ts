import type { Log } from '@wayleave/runtime/log.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { type LiveEvent, liveEventsChannel } from '@wayleave/telematics/events/event-feed.ts';
import type { FleetRow } from '@wayleave/telematics/live/fleet.ts';
import { fleetChangesChannel } from '@wayleave/telematics/live/fleet-changes.ts';
import { type LiveMessage, liveChannel } from '@wayleave/telematics/live/live-feed.ts';
import { createViewer } from '@wayleave/telematics/live/viewer.ts';
import type { Contains } from '@wayleave/telematics/live/viewport.ts';
import type { FeedClient, LiveSocket } from './delivery.ts';
import { type FleetDocument, fleetNotReady } from './fleet-document.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { createOperatorFeed, type OperatorFeed } from './operator-feed.ts';

/** A client's place in the feed of its operator. */
export interface Watch {
  /** Shows what the viewport holds from now on; may be called again to move it. */
  subscribe(contains: Contains): void;
  leave(): void;
}

/** The feeds of the operators that have a watcher or an asker here, and their Redis subscriptions. */
export interface LiveHub {
  join(operatorId: string, socket: LiveSocket): Watch;
  /**
   * The latest of the operator's whole fleet, no staler than the live map. The feed is then held for a
   * while: who asks once mostly asks again. @throws `fleet_not_ready`
   */
  fleetOf(operatorId: string): Promise<FleetDocument>;
  /** Vehicles or installations changed; tells the feeds of every API process. Never fails. */
  fleetChanged(operatorId: string): void;
  close(): void;
}

export interface LiveHubParts {
  /** Publishes; shared with others. */
  redis: Redis;
  /** A connection of its own that does nothing but subscribe, with `autoResubscribe` off. */
  subscriber: Redis;
  loadFleet: (operatorId: string) => Promise<FleetRow[]>;
  limits: LiveLimits;
  metrics: LiveMetrics;
  log: Log;
}

export function createLiveHub(parts: LiveHubParts): LiveHub {
  const { redis, subscriber, loadFleet, limits, metrics, log } = parts;
  const feeds = new Map<string, OperatorFeed>();
  const channels = new Map<string, (message: string) => void>();
  /** Feeds that are held for who asked for the whole fleet, until the timer lets go. */
  const held = new Map<string, NodeJS.Timeout>();

  const channelsOf = (operatorId: string) =>
    [liveChannel(operatorId), fleetChangesChannel(operatorId), liveEventsChannel(operatorId)] as const;
  const failed = (what: string) => (error: unknown) => log.warn({ err: error }, what);

  subscriber.on('message', (channel, message) => channels.get(channel)?.(message));
  // After a lost connection: subscribe first, then read what was missed.
  subscriber.on('ready', () => {
    for (const [operatorId, feed] of feeds) {
      subscriber
        .subscribe(...channelsOf(operatorId))
        .then(() => feed.refreshSoon(), failed('could not subscribe to the live feed again'));
    }
  });

  const openFeed = (operatorId: string): OperatorFeed => {
    const [live, changes, events] = channelsOf(operatorId);
    const feed = createOperatorFeed({
      // Subscribed before the fleet is read: an update falls into the one or the other, or both.
      subscribed: async () => void (await subscriber.subscribe(live, changes, events)),
      load: async () => await loadFleet(operatorId),
      limits,
      metrics,
      log,
    });
    channels.set(live, (message) => {
      const updates = JSON.parse(message) as LiveMessage;
      if (updates[0]) metrics.age.observe(Math.max(0, Date.now() - updates[0][2]) / 1000);
      feed.receive(updates);
    });
    channels.set(changes, () => feed.refreshSoon());
    channels.set(events, (message) => feed.receiveEvents(JSON.parse(message) as LiveEvent[]));
    feeds.set(operatorId, feed);
    return feed;
  };

  const closeFeed = (operatorId: string, feed: OperatorFeed): void => {
    clearTimeout(held.get(operatorId));
    held.delete(operatorId);
    feed.close();
    feeds.delete(operatorId);
    for (const channel of channelsOf(operatorId)) channels.delete(channel);
    subscriber
      .unsubscribe(...channelsOf(operatorId))
      .catch(failed('could not unsubscribe from the live feed'));
  };

  const closeUnused = (operatorId: string, feed: OperatorFeed): void => {
    if (feed.clients.size === 0 && !held.has(operatorId)) closeFeed(operatorId, feed);
  };

  const hold = (operatorId: string, feed: OperatorFeed): void => {
    clearTimeout(held.get(operatorId));
    const letGo = (): void => {
      held.delete(operatorId);
      closeUnused(operatorId, feed);
    };
    held.set(operatorId, setTimeout(letGo, limits.holdFleetMs));
  };

  return {
    join: (operatorId, socket) => {
      const feed = feeds.get(operatorId) ?? openFeed(operatorId);
      const client: FeedClient = {
        socket,
        viewer: createViewer(),
        wanted: null,
        subscribed: false,
        snapshotTotal: 0,
        slowSinceMs: null,
      };
      feed.clients.add(client);
      return {
        subscribe: (contains) => feed.subscribe(client, contains),
        leave: () => {
          if (feed.clients.delete(client)) closeUnused(operatorId, feed);
        },
      };
    },
    fleetOf: async (operatorId) => {
      const feed = feeds.get(operatorId) ?? openFeed(operatorId);
      hold(operatorId, feed);
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(fleetNotReady()), limits.fleetWithinMs);
      });
      try {
        return await Promise.race([feed.document(), tooLate]);
      } finally {
        clearTimeout(timer);
      }
    },
    fleetChanged: (operatorId) => {
      redis.publish(fleetChangesChannel(operatorId), '').catch(failed('could not tell of a changed fleet'));
    },
    close: () => {
      for (const [operatorId, feed] of feeds) closeFeed(operatorId, feed);
    },
  };
}
