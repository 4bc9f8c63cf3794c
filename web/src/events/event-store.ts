import type { RiskEvent } from '../api/event-types.ts';
import { eventPage } from '../api/events.ts';
import { ApiError, serverNowMs } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { EMPTY_FEED, type Feed, newlyCritical, withEvents } from './feed.ts';

/** How far back the feed looks when the page is opened, and for critical events that are still open. */
const RECENT_MS = 24 * 3600_000;
const OPEN_SINCE_MS = 7 * 24 * 3600_000;
const PER_READING = 100;
const READ_AGAIN_MS = 10_000;
/** Events arrive singly or by the dozen; the page is told of them at most so often. */
const NOTIFY_EVERY_MS = 250;

export interface EventStore {
  view(): Feed;
  subscribe(listener: () => void): () => void;
  /** Told of critical events that just came over the live connection. */
  onCritical(listener: (events: readonly RiskEvent[]) => void): () => void;
  /** Takes in what came live. */
  receive(events: readonly RiskEvent[]): void;
  /** Takes in an event that a request answered, such as one that was acknowledged. */
  put(event: RiskEvent): void;
  /** Reads what was missed: at the start, and after the live connection was away. */
  read(): void;
  stop(): void;
}

export function createEventStore(): EventStore {
  let feed = EMPTY_FEED;
  let stopped = false;
  let reading = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let notifying: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const criticalListeners = new Set<(events: readonly RiskEvent[]) => void>();

  const take = (events: readonly RiskEvent[]) => {
    const next = withEvents(feed, events);
    if (next === feed) return;
    feed = next;
    notifying ??= setTimeout(() => {
      notifying = undefined;
      for (const listener of listeners) listener();
    }, NOTIFY_EVERY_MS);
  };

  const read = async () => {
    if (reading || stopped) return;
    reading = true;
    clearTimeout(retry);
    const page = { limit: PER_READING, cursor: null };
    const since = (ms: number) => new Date(serverNowMs() - ms).toISOString();
    try {
      const [recent, open] = await Promise.all([
        withToken((token) =>
          eventPage(token, { from: since(RECENT_MS), order: 'changed', retracted: 'include' }, page),
        ),
        withToken((token) =>
          eventPage(token, { from: since(OPEN_SINCE_MS), severity: 'critical', acknowledged: false }, page),
        ),
      ]);
      if (!stopped) take([...recent.items, ...open.items]);
    } catch (error) {
      // Who may not read events sees none; anything else passes.
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (!stopped && !refused) retry = setTimeout(() => void read(), READ_AGAIN_MS);
    }
    reading = false;
  };

  return {
    view: () => feed,
    subscribe: (listener) => added(listeners, listener),
    onCritical: (listener) => added(criticalListeners, listener),
    receive(events) {
      const critical = newlyCritical(feed, events);
      take(events);
      if (critical.length > 0) for (const listener of criticalListeners) listener(critical);
    },
    put: (event) => take([event]),
    read: () => void read(),
    stop() {
      stopped = true;
      clearTimeout(retry);
      clearTimeout(notifying);
    },
  };
}

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
