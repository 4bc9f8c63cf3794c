import type { Metrics } from '@wayleave/runtime/metrics.ts';
import { Counter, Gauge, Histogram } from 'prom-client';

export type LiveMetrics = ReturnType<typeof createLiveMetrics>;

export function createLiveMetrics(metrics: Metrics) {
  const registers = [metrics];
  return {
    connections: new Gauge({ name: 'live_connections', help: 'Open live WebSockets', registers }),
    updates: new Counter({
      name: 'live_updates_total',
      help: 'Updates from the live feed, by what came of them',
      labelNames: ['outcome'] as const,
      registers,
    }),
    age: new Histogram({
      name: 'live_update_age_seconds',
      help: 'From the broker receiving a position to the API having it from the live feed',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      registers,
    }),
    sent: new Counter({ name: 'live_messages_sent_total', help: 'Messages to clients', registers }),
    skipped: new Counter({
      name: 'live_skipped_total',
      help: 'Times a client was passed over because its socket was full: later it gets the latest only',
      registers,
    }),
    events: new Counter({
      name: 'live_events_total',
      help: 'Events for clients, by what came of them: sent, one of too many at once, or passed over for a slow reader',
      labelNames: ['outcome'] as const,
      registers,
    }),
    tooSlow: new Counter({
      name: 'live_closed_slow_total',
      help: 'Clients closed for being slow too long',
      registers,
    }),
  };
}
