import type { Log } from '@wayleave/runtime/log.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import type { FleetRow } from '@wayleave/telematics/live/fleet.ts';
import { fleetChangesChannel } from '@wayleave/telematics/live/fleet-changes.ts';
import { type LiveMessage, liveChannel } from '@wayleave/telematics/live/live-feed.ts';
import { createViewer } from '@wayleave/telematics/live/viewer.ts';
import type { Contains } from '@wayleave/telematics/live/viewport.ts';
import type { FeedClient, LiveSocket } from './delivery.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { createOperatorFeed, type OperatorFeed } from './operator-feed.ts';

/** A client's place in the feed of its operator. */
export interface Watch {
  /** Shows what the viewport holds from now on; may be called again to move it. */
  subscribe(contains: Contains): void;
  leave(): void;
}

/** The feeds of the operators that have a watcher here, and their Redis subscriptions. */
export interface LiveHub {
  join(operatorId: string, socket: LiveSocket): Watch;
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

  const channelsOf = (operatorId: string) =>
    [liveChannel(operatorId), fleetChangesChannel(operatorId)] as const;
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
    const [live, changes] = channelsOf(operatorId);
    const feed = createOperatorFeed({
      // Subscribed before the fleet is read: an update falls into the one or the other, or both.
      subscribed: async () => void (await subscriber.subscribe(live, changes)),
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
    feeds.set(operatorId, feed);
    return feed;
  };

  const closeFeed = (operatorId: string, feed: OperatorFeed): void => {
    feed.close();
    feeds.delete(operatorId);
    for (const channel of channelsOf(operatorId)) channels.delete(channel);
    subscriber
      .unsubscribe(...channelsOf(operatorId))
      .catch(failed('could not unsubscribe from the live feed'));
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
          if (feed.clients.delete(client) && feed.clients.size === 0) closeFeed(operatorId, feed);
        },
      };
    },
    fleetChanged: (operatorId) => {
      redis.publish(fleetChangesChannel(operatorId), '').catch(failed('could not tell of a changed fleet'));
    },
    close: () => {
      for (const [operatorId, feed] of feeds) closeFeed(operatorId, feed);
    },
  };
}
