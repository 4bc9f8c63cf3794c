import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import type { Figures } from '../main.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { family, ownMiB } from './processes.ts';
import { cpuByProcess, untilStored } from './throughput.ts';

const CONNECTIONS = 1_000;
const WINDOW = 200;
const WARM_UP_MS = 10_000;
const SAMPLE_INTERVAL_MS = 1_000;
const WARM_UP_PER_S = 20_000;

/**
 * Two hundred thousand messages are kept waiting to be taken, twenty times what the best rate needs:
 * whatever the stack takes is offered again at once. The broker takes what it can and lets the rest
 * wait in the trackers. (Offered at a fixed rate instead, one by one, the generator itself takes a
 * third of the machine.)
 */
export async function overload(options: { durationMs: number; bestPerS: number | null }): Promise<Figures> {
  await using bench = await startBenchStack(CONNECTIONS);
  const publish = (durationMs: number, firstFixTimeMs: number, ratePerS?: number) =>
    runLoadInChild({
      host: '127.0.0.1',
      port: bench.stack.ports.MQTT_PORT,
      devices: bench.devices,
      window: WINDOW,
      durationMs,
      ratePerS,
      firstFixTimeMs,
    });
  const startMs = Date.now();
  const warmUp = await publish(WARM_UP_MS, startMs - 3_600_000, WARM_UP_PER_S);
  await untilStored(bench, warmUp.positionsAcked);
  const before = memory(bench);
  const peak = { ...before };
  const sampling = setInterval(() => {
    for (const [name, mib] of Object.entries(memory(bench))) peak[name] = Math.max(peak[name] ?? 0, mib);
  }, SAMPLE_INTERVAL_MS);
  const cpuBefore = cpuByProcess(bench);
  const startedAtMs = performance.now();
  const load = await publish(options.durationMs, startMs - 1_800_000);
  const stored = await untilStored(bench, warmUp.positionsAcked + load.positionsAcked);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  clearInterval(sampling);

  const newlyStored = stored - warmUp.positionsAcked;
  const costs = Object.entries(cpuByProcess(bench)).map(
    ([name, cpuS]) => `${name} ${(((cpuS - cpuBefore[name]!) * 1e6) / newlyStored).toFixed(1)}`,
  );
  const growth = Object.keys(peak).map((name) => [name, peak[name]! - before[name]!] as const);
  const perS = newlyStored / seconds;
  process.stdout.write(
    `  ${CONNECTIONS * WINDOW} kept waiting for ${(options.durationMs / 1_000).toFixed(0)} s; acknowledged and stored ${Math.round(perS)}/s` +
      `${options.bestPerS ? `, ${((100 * perS) / options.bestPerS).toFixed(0)} % of the best` : ''}; ` +
      `MiB more at the peak: ${growth.map(([name, mib]) => `${name} ${mib.toFixed(0)}`).join(', ')}; ` +
      `µs of CPU a position: ${costs.join(', ')}, generator ${((load.cpuS * 1e6) / newlyStored).toFixed(1)}\n`,
  );
  return { overloadRssMiB: Math.round(Math.max(...growth.map(([, mib]) => mib))) };
}

/** MiB of each process; of PostgreSQL's many, the largest. */
function memory({ stack }: BenchStack): Record<string, number> {
  const largest = (pid: number | undefined): number =>
    pid === undefined ? 0 : Math.max(...family(pid).map((member) => ownMiBOrNone(member)));
  return {
    broker: largest(stack.services.broker.pid),
    ingest: largest(stack.services.ingest.pid),
    redis: largest(stack.redis?.pid),
    postgres: largest(stack.postgres?.pid),
  };
}

function ownMiBOrNone(pid: number): number {
  try {
    return ownMiB(pid);
  } catch {
    return 0; // A backend that has just ended.
  }
}
