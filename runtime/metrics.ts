import { collectDefaultMetrics, Registry } from 'prom-client';

export type Metrics = Registry;

/** A Prometheus registry with the process's own figures (CPU, memory, event-loop lag). */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}
