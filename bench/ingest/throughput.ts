import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { addGeofences } from './geofences.ts';
import { installAll } from './people.ts';
import { cpuSeconds, family } from './processes.ts';

const DRAIN_TIMEOUT_MS = 120_000;

export interface Shape {
  connections: number;
  /** Publishes that a connection keeps unacknowledged. */
  window: number;
  positionsPerMessage: number;
  durationMs: number;
  /** So many geofences, every device in a vehicle, all rules on; devices are in no vehicle without. */
  geofences?: number;
}

/** Before the clock starts, so that a worker has read the rules of the operator. */
const WARM_UP = { window: 1, positionsPerMessage: 1, durationMs: 300 };

/**
 * Positions acknowledged and stored a second: all that were acknowledged, over the time from the
 * first publish until the last row is in the table.
 * @throws when what is stored is not what was acknowledged
 */
export async function throughput(shape: Shape): Promise<number> {
  await using bench = await startBenchStack(shape.connections);
  const warmedUp = shape.geofences === undefined ? 0 : await startRules(bench, shape.geofences);
  const before = cpuByProcess(bench);
  const startedAtMs = performance.now();
  const load = await runLoadInChild({
    host: '127.0.0.1',
    port: bench.stack.ports.MQTT_PORT,
    devices: bench.devices,
    window: shape.window,
    positionsPerMessage: shape.positionsPerMessage,
    durationMs: shape.durationMs,
  });
  const publishingEndedAtMs = performance.now();
  const stored = (await untilStored(bench, warmedUp + load.positionsAcked)) - warmedUp;
  const drainMs = performance.now() - publishingEndedAtMs;
  const seconds = load.seconds + drainMs / 1_000;
  const after = cpuByProcess(bench);
  const costs = Object.entries(after).map(([name, cpuS]) => {
    const microseconds = ((cpuS - before[name]!) * 1e6) / stored;
    return `${name} ${microseconds.toFixed(1)}`;
  });
  const batches = await batchFigures(bench);
  process.stdout.write(
    `  ${stored} stored of ${load.positionsAcked} acknowledged in ${seconds.toFixed(1)} s (${(drainMs / 1_000).toFixed(1)} s after the last PUBACK); ` +
      `PUBACK p50 ${load.pubackMs.p50.toFixed(0)} ms, p99 ${load.pubackMs.p99.toFixed(0)} ms; ` +
      `µs of CPU a position: ${costs.join(', ')}, generator ${((load.cpuS * 1e6) / stored).toFixed(1)}; ` +
      `batches: ${batches}; ${((performance.now() - startedAtMs) / 1_000).toFixed(0)} s in all\n`,
  );
  return Math.round(stored / seconds);
}

/** Has every device's rules run over its first position. @returns how many positions were stored for that */
async function startRules(bench: BenchStack, geofences: number): Promise<number> {
  const { rows } = await bench.database.query<{ id: string }>('SELECT id FROM operators');
  await addGeofences(bench.database, rows[0]!.id, geofences);
  await installAll(bench);
  const load = await runLoadInChild({
    host: '127.0.0.1',
    port: bench.stack.ports.MQTT_PORT,
    devices: bench.devices,
    ...WARM_UP,
  });
  return await untilStored(bench, load.positionsAcked);
}

/** How many transactions it took and how long one was, and how many positions had to be placed, from the worker's metrics. */
async function batchFigures({ stack }: BenchStack): Promise<string> {
  const metrics = await (await fetch(`http://127.0.0.1:${stack.ports.INGEST_OPS_PORT}/metrics`)).text();
  const figure = (name: string, label = ''): number =>
    Number(new RegExp(`^wayleave_ingest_${name}{.*${label}.*} (.*)$`, 'm').exec(metrics)?.[1] ?? 0);
  const count = figure('batch_seconds_count');
  const meanMs = (figure('batch_seconds_sum') * 1_000) / (count || 1);
  const placed = figure('positions_total', 'way="placed"');
  return `${count} of ${meanMs.toFixed(0)} ms, ${placed} positions placed among stored ones`;
}

/** Waits until as many positions are stored as were acknowledged. */
export async function untilStored({ database }: BenchStack, acknowledged: number): Promise<number> {
  const giveUpAtMs = performance.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM positions');
    const stored = Number(rows[0]!.count);
    if (stored === acknowledged) return stored;
    if (stored > acknowledged || performance.now() > giveUpAtMs) {
      throw new Error(`${acknowledged} positions were acknowledged and ${stored} are stored`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Processor time of each process so far, seconds. */
export function cpuByProcess({ stack }: BenchStack): Record<string, number> {
  const processes = {
    broker: stack.services.broker,
    ingest: stack.services.ingest,
    redis: stack.redis,
    postgres: stack.postgres,
  };
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, process]) =>
      process?.pid ? [[name, family(process.pid).reduce((sum, pid) => sum + cpuSeconds(pid), 0)]] : [],
    ),
  );
}
