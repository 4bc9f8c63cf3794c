import type { Redis } from '@wayleave/runtime/redis.ts';
import type { EventChange, StoredEvent } from './event.ts';

/*
 * What became of events, told to the API processes once it is committed. Redis pub/sub, one channel an
 * operator; nothing is kept: who missed it reads `GET /api/v1/events`.
 */

/** Channel of an operator's events. */
export const liveEventsChannel = (operatorId: string): string => `live-events:${operatorId}`;

/** Body of one message: `JSON.stringify(LiveEvent[])`, the oldest change first. */
export type LiveEvent = Omit<StoredEvent, 'operatorId' | 'routes'>;

/** Events in one message: 400 KiB if all are as long as they may be, 50 KiB as they usually are. */
const MAX_EVENTS_PER_MESSAGE = 50;
/** Messages of a connection that Redis has not answered; beyond it changes are left out of the feed. */
const MAX_PENDING_MESSAGES = 64;

const pendingOf = new WeakMap<Redis, number>();

/**
 * Tells whoever watches the operators of these changes, those that are routed `live`. To be called
 * after the commit; while Redis is away or behind, nobody is told.
 * @throws when Redis fails; the changes are stored all the same
 */
export async function publishEvents(redis: Redis, changes: readonly EventChange[]): Promise<void> {
  const live = changes.filter(({ event }) => event.routes.includes('live'));
  if (live.length === 0 || redis.status !== 'ready') return;
  const messages: Promise<number>[] = [];
  for (const [operatorId, ofOperator] of Map.groupBy(live, ({ event }) => event.operatorId)) {
    for (let at = 0; at < ofOperator.length; at += MAX_EVENTS_PER_MESSAGE) {
      const pending = pendingOf.get(redis) ?? 0;
      if (pending >= MAX_PENDING_MESSAGES) break;
      pendingOf.set(redis, pending + 1);
      const some = ofOperator.slice(at, at + MAX_EVENTS_PER_MESSAGE).map(({ event }) => liveEventOf(event));
      messages.push(redis.publish(liveEventsChannel(operatorId), JSON.stringify(some)));
    }
  }
  try {
    await Promise.all(messages);
  } finally {
    pendingOf.set(redis, (pendingOf.get(redis) ?? 0) - messages.length);
  }
}

function liveEventOf({ operatorId: _operator, routes: _routes, ...event }: StoredEvent): LiveEvent {
  return event;
}
