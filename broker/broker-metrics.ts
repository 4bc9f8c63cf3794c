import type { Metrics } from '@wayleave/runtime/metrics.ts';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { FlowControl } from './flow-control.ts';
import type { GatewayRoutes } from './gateway-routes.ts';
import type { Sessions } from './session.ts';
import type { UplinkWriterFigures } from './uplink-writer.ts';

export interface BrokerMetrics {
  appendSeconds: Histogram;
  /** By reason: why a connection or a login was refused or ended. */
  refusals: Counter<'reason'>;
  /** By what happened to them: sent, delivered, given back. */
  commands: Counter<'event'>;
}

export function createBrokerMetrics(registry: Metrics): BrokerMetrics {
  return {
    appendSeconds: new Histogram({
      name: 'wayleave_broker_append_seconds',
      help: 'One append to the uplink log, until it is on disk',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    }),
    refusals: new Counter({
      name: 'wayleave_broker_refusals_total',
      help: 'Connections and logins refused or ended, by reason',
      labelNames: ['reason'],
      registers: [registry],
    }),
    commands: new Counter({
      name: 'wayleave_broker_commands_total',
      help: 'Commands to trackers that were sent, delivered or given back',
      labelNames: ['event'],
      registers: [registry],
    }),
  };
}

/** Figures that are read when they are scraped, so that they cost the hot path nothing. */
export function observeBroker(
  registry: Metrics,
  parts: { sessions: Sessions; flow: FlowControl; routes: GatewayRoutes; writer: UplinkWriterFigures },
): void {
  const { sessions, flow, routes, writer } = parts;
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `wayleave_broker_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  new Counter({
    name: 'wayleave_broker_messages_total',
    help: 'Messages that are in the uplink log',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(writer.messages);
    },
  });
  gauge('sessions', 'Trackers and gateways logged in', () => sessions.size);
  gauge('in_flight_messages', 'Messages not yet acknowledged', () => flow.messages);
  gauge('in_flight_bytes', 'Bytes not yet acknowledged', () => flow.bytes);
  gauge(
    'paused_sessions',
    'Trackers and gateways not read from for being over a bound',
    () => flow.pausedCount,
  );
  gauge(
    'held_messages',
    'Messages of gateways that wait for the database to say of which devices they are',
    () => routes.heldMessages,
  );
  gauge('full_shards', 'Shards of the uplink log that take nothing', () => writer.fullShards);
}
