import type { EventView } from '@wayleave/telematics/events/event.ts';
import type { LiveEvent } from '@wayleave/telematics/events/event-feed.ts';
import type { Fleet } from '@wayleave/telematics/live/fleet.ts';
import type { FeedClient } from './delivery.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './live-metrics.ts';
import { createAllowance } from './message-allowance.ts';
import { eventsMessage } from './protocol.ts';

/**
 * Tells the subscribers of one operator what became of events, whatever their viewport: at once, and
 * nothing is kept. A reader whose socket is full, and everybody beyond so many events a second, is told
 * less: the list of events has them all.
 * @returns what takes the events of one message of the feed
 */
export function createEventDelivery(
  fleet: Fleet,
  clients: ReadonlySet<FeedClient>,
  limits: LiveLimits,
  metrics: LiveMetrics,
): (events: readonly LiveEvent[]) => void {
  const allowed = createAllowance(limits.eventsPerS, limits.eventBurst);
  return (events) => {
    const nowMs = performance.now();
    const told = events.filter(() => allowed(nowMs));
    if (told.length < events.length) {
      metrics.events.inc({ outcome: 'too_many' }, events.length - told.length);
    }
    if (told.length === 0) return;
    let message: Buffer | undefined;
    for (const { socket, subscribed } of clients) {
      if (!subscribed) continue;
      if (socket.bufferedAmount > limits.maxBufferedBytes) {
        metrics.events.inc({ outcome: 'skipped' }, told.length);
        continue;
      }
      message ??= Buffer.from(eventsMessage(told.map((event) => named(event, fleet))));
      metrics.events.inc({ outcome: 'sent' }, told.length);
      metrics.sent.inc();
      socket.send(message, { binary: false }, () => {});
    }
  };
}

/** Under the name that the live map shows its vehicle by. */
function named(event: LiveEvent, { byVehicle }: Fleet): EventView {
  const vehicle = event.vehicleId === null ? undefined : byVehicle.get(event.vehicleId);
  return { ...event, vehicleLabel: vehicle?.label ?? null };
}
