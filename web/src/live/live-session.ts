import { vehiclePage } from '../api/client.ts';
import { ApiError } from '../api/request.ts';
import { currentToken, renewToken, withToken } from '../api/session.ts';
import type { Bounds, Page, Vehicle } from '../api/types.ts';
import type { EventStore } from '../events/event-store.ts';
import type { FleetStore } from './fleet-store.ts';
import { connectLive, type LiveSocket } from './live-connection.ts';

/** Vehicles outside the viewport are not followed live; the list brings them up to date. */
const LIST_AGAIN_MS = 45_000;
const PER_PAGE_PAUSE_MS = 2000;
const LIST_RETRY_MS = 5000;
const TICK_MS = 5000;

/** The South Pole, where no vehicle is. */
const NOWHERE: Bounds = [0, -90, 0, -90];

export interface LiveSession {
  /** `null`: the whole fleet. */
  subscribe(bounds: Bounds | null): void;
  /** On a page without a map: events are told to whoever subscribed to anything. */
  hearEvents(): void;
  retryNow(): void;
  stop(): void;
}

/** Keeps `store` and `events` up to date until stopped. */
export function startLiveSession(store: FleetStore, events: EventStore): LiveSession {
  const connection = connectLive({
    openSocket: () => new WebSocket(liveUrl()) as LiveSocket,
    token: ({ renew }) => (renew ? renewToken() : currentToken()),
    onMessage(message) {
      if (message.type === 'events') return events.receive(message.events);
      // What was told while the connection was away, or before there was one, is read.
      if (message.type === 'ready') events.read();
      store.receive(message);
    },
    onStatus: (status) => store.setStatus(status),
    random: Math.random,
    nowMs: Date.now,
  });
  let isSubscribed = false;
  const subscribe = (bounds: Bounds | null) => {
    isSubscribed = true;
    connection.subscribe(bounds);
  };
  const retry = () => connection.retryNow();
  const ticker = setInterval(() => store.tick(), TICK_MS);
  window.addEventListener('online', retry);
  const stopListing = keepListing(store);
  return {
    subscribe,
    hearEvents() {
      if (!isSubscribed) subscribe(NOWHERE);
    },
    retryNow: retry,
    stop() {
      clearInterval(ticker);
      window.removeEventListener('online', retry);
      stopListing();
      connection.stop();
      store.stop();
      events.stop();
    },
  };
}

function liveUrl(): string {
  const url = new URL('/api/v1/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function keepListing(store: FleetStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const readAll = async () => {
    let pages = 0;
    let cursor: string | null = null;
    try {
      do {
        const at: string | null = cursor;
        const page: Page<Vehicle> = await withToken((token) => vehiclePage(token, at));
        if (stopped) return;
        store.list(page.items);
        cursor = page.nextCursor;
        pages++;
      } while (cursor);
      store.listingDone();
      // A larger fleet is read less often, so that the reading stays a small part of the load.
      timer = setTimeout(whenSeen, Math.max(LIST_AGAIN_MS, pages * PER_PAGE_PAUSE_MS));
    } catch (error) {
      if (stopped || (error instanceof ApiError && error.status === 403)) return;
      timer = setTimeout(whenSeen, LIST_RETRY_MS);
    }
  };

  const whenSeen = () => {
    if (document.hidden) document.addEventListener('visibilitychange', () => void readAll(), { once: true });
    else void readAll();
  };

  void readAll();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
