import { setTimeout as sleep } from 'node:timers/promises';
import type { Supervised } from '../process/supervised.ts';

export interface Killer {
  /** Stops killing and waits until all run again; how often each was killed. */
  stop(): Promise<Record<string, number>>;
}

/**
 * Kills one of the processes with SIGKILL at random intervals, each at least once a round; the
 * supervisor starts them again. Now and then two at once, as when a machine dies.
 */
export function createKiller(processes: readonly Supervised[], [leastMs, mostMs]: [number, number]): Killer {
  const kills = Object.fromEntries(processes.map(({ name }) => [name, 0]));
  const ending = new AbortController();
  let round: Supervised[] = [];

  const killOne = async (): Promise<void> => {
    if (round.length === 0) round = shuffled(processes);
    const victim = round.pop()!;
    await victim.ready();
    victim.kill('SIGKILL');
    kills[victim.name]! += 1;
  };

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await sleep(leastMs + Math.random() * (mostMs - leastMs), undefined, { signal: ending.signal }).catch(
        () => {},
      );
      if (ending.signal.aborted) break;
      await killOne();
      if (Math.random() < 0.2) await killOne();
    }
  };

  const running = run();
  return {
    stop: async () => {
      ending.abort();
      await running;
      await Promise.all(processes.map((process) => process.ready()));
      return kills;
    },
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
