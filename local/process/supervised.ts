import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@wayleave/runtime/errors.ts';
import type { Exit, Tethered } from './tethered.ts';

/** The first restart is nearly at once; a process that keeps ending is tried ever more rarely. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/** A run of this length was a good one: the next failure starts from the first delay again. */
const GOOD_RUN_MS = 30_000;

/** A process that is started again whenever it ends by itself. */
export interface Supervised {
  readonly name: string;
  /** Of the running process; undefined between two runs. */
  readonly pid: number | undefined;
  /** How many times it ended by itself and was started again. */
  readonly restarts: number;
  /** Resolves once it runs and is ready, at once if it is. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Stops it in order and starts it again. */
  restart(): Promise<void>;
  /** Stops it in order, for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  name: string;
  /** Resolves when the process is ready; stops it and rejects when it does not become so. */
  start(abort: AbortSignal): Promise<Tethered>;
  /** Told of every end that nobody asked for. */
  say(line: string): void;
  /** Resolves after the time, or at once when aborted. */
  wait?: (ms: number, abort: AbortSignal) => Promise<void>;
}

/** @throws {Error} when the first start fails; later ones are tried again */
export async function supervise({ name, start, say, wait = waitFor }: SuperviseOptions): Promise<Supervised> {
  const stopping = new AbortController();
  let current: Tethered | undefined;
  let ready = Promise.withResolvers<void>();
  let restarts = 0;
  let supervision: Promise<void> = Promise.resolve();
  let restarting = false;

  const run = async (): Promise<void> => {
    current = await start(stopping.signal);
    ready.resolve();
  };

  const keepRunning = async (): Promise<void> => {
    let delayMs = FIRST_DELAY_MS;
    for (let running = current; running; running = current) {
      const startedAt = performance.now();
      const exit = await running.exited;
      if (stopping.signal.aborted || restarting) return;
      current = undefined;
      ready = Promise.withResolvers();
      if (performance.now() - startedAt > GOOD_RUN_MS) delayMs = FIRST_DELAY_MS;
      say(`${name} ended unexpectedly (${reasonOf(exit)}); starting it again`);
      delayMs = await runAgain(delayMs);
    }
  };

  /** Tries until it runs or is to be stopped; returns how long to wait before the next try. */
  const runAgain = async (delayMs: number): Promise<number> => {
    for (;;) {
      await wait(delayMs, stopping.signal);
      if (stopping.signal.aborted) return delayMs;
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      try {
        current = await start(stopping.signal);
        restarts += 1;
        ready.resolve();
        return delayMs;
      } catch (error) {
        if (!stopping.signal.aborted) say(`${name} does not start: ${messageOf(error)}`);
      }
    }
  };

  await run();
  supervision = keepRunning();

  return {
    name,
    get pid() {
      return current?.pid;
    },
    get restarts() {
      return restarts;
    },
    ready: () => ready.promise,
    kill: (signal) => current?.kill(signal),
    async restart() {
      restarting = true;
      await current?.stop();
      await supervision;
      ready = Promise.withResolvers();
      restarting = false;
      await run();
      supervision = keepRunning();
    },
    async stop() {
      stopping.abort();
      await current?.stop();
      await supervision;
    },
  };
}

async function waitFor(ms: number, abort: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: abort }).catch(() => {});
}

function reasonOf({ code, signal }: Exit): string {
  return signal ?? `exit status ${code}`;
}
