import { parseArgs } from 'node:util';
import type { Figures } from '../main.ts';
import { bareCopy } from './bare-copy.ts';
import { idleConnections } from './idle.ts';
import { insertByRow } from './insert-by-row.ts';
import { latency } from './latency.ts';
import { overload } from './overload.ts';
import { throughput } from './throughput.ts';

/** How the runs differ: see docs/benchmarks.md for what each stands for. */
const RUNS = {
  window20: { connections: 500, window: 20, positionsPerMessage: 1 },
  window1: { connections: 2_000, window: 1, positionsPerMessage: 1 },
  tenEach: { connections: 500, window: 3, positionsPerMessage: 10 },
  rulesWindow20: { connections: 500, window: 20, positionsPerMessage: 1, geofences: 10_000 },
  rulesWindow1: { connections: 2_000, window: 1, positionsPerMessage: 1, geofences: 10_000 },
} as const;

/**
 * The first bench: from a tracker's publish to the stored row, with the load generator on the
 * same cores, fsync on and the unique key on.
 * `--only a,b` runs some of the parts; `--seconds` is how long each throughput run publishes.
 */
export async function run(args: string[]): Promise<Figures> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      'overload-seconds': { type: 'string', default: '120' },
    },
  });
  const only = values.only?.split(',');
  const durationMs = Number(values.seconds) * 1_000;
  const overloadMs = Number(values['overload-seconds']) * 1_000;

  const figures: Record<string, number | null> = {
    window20PerS: null,
    window1PerS: null,
    tenEachPerS: null,
    rulesWindow20PerS: null,
    rulesWindow1PerS: null,
    copyPerS: null,
    insertByRowPerS: null,
    pubackP99Ms: null,
    liveP99Ms: null,
    idleKiBPerConnection: null,
    reconnect10kS: null,
    overloadRssMiB: null,
  };
  const part = async (name: string, measure: () => Promise<Figures>): Promise<void> => {
    if (only && !only.includes(name)) return;
    process.stdout.write(`\n${name}\n`);
    for (const [figure, value] of Object.entries(await measure())) {
      figures[figure] = value;
      process.stdout.write(`  ${figure}: ${value}\n`);
    }
  };

  for (const [name, shape] of Object.entries(RUNS)) {
    await part(name, async () => ({ [`${name}PerS`]: await throughput({ ...shape, durationMs }) }));
  }
  await part('copy', async () => ({ copyPerS: await bareCopy() }));
  await part('insertByRow', async () => ({ insertByRowPerS: await insertByRow() }));
  await part('latency', latency);
  await part('idle', idleConnections);
  await part('overload', () =>
    overload({ durationMs: overloadMs, bestPerS: figures['window20PerS'] ?? null }),
  );

  const { window20PerS, copyPerS, insertByRowPerS } = figures;
  if (window20PerS && copyPerS && insertByRowPerS) {
    process.stdout.write(
      `\nwindow 20 is ${(window20PerS / copyPerS).toFixed(2)} of a bare COPY and ${(window20PerS / insertByRowPerS).toFixed(1)} times the subscriber that inserts row by row\n`,
    );
  }
  return figures;
}
