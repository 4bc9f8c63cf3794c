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
  /** Stops it in order and starts it again; rejects when it does not start or is stopped meanwhile. */
  restart(): Promise<void>;
  /** Stops it in order, for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  name: string;
  /**
   * Resolves when the process is ready; stops it and rejects when it does not become so. One that
   * does not give up on `abort` delays the stop until it resolves.
   */
  start(abort: AbortSignal): Promise<Tethered>;
  /** Told of every end that nobody asked for. */
  say(line: string): void;
  /** Resolves after the time, or at once when aborted. */
  wait?: (ms: number, abort: AbortSignal) => Promise<void>;
}

/** @throws {Error} when the first start fails; later ones are tried again */
export async function supervise({ name, start, say, wait = waitFor }: SuperviseOptions): Promise<Supervised> {
  // Ends the present supervision, also a start that is under way; a restart begins another.
  let asked = new AbortController();
  let current: Tethered | undefined;
  let ready = Promise.withResolvers<void>();
  let restarts = 0;
  let supervision: Promise<void> = Promise.resolve();
  let restarting: Promise<void> = Promise.resolve();
  let stopped = false;

  /** A start may take as long as a recovery: what was asked to end meanwhile is stopped again. */
  const run = async (): Promise<void> => {
    const { signal } = asked;
    const started = await start(signal);
    if (signal.aborted) {
      await started.stop();
      throw new Error(`${name} was told to stop while it was starting`);
    }
    current = started;
  };

  const keepRunning = async (): Promise<void> => {
    const { signal } = asked;
    let delayMs = FIRST_DELAY_MS;
    for (let running = current; running; running = current) {
      ready.resolve();
      const startedAt = performance.now();
      const exit = await running.exited;
      if (signal.aborted) return;
      current = undefined;
      ready = Promise.withResolvers();
      if (performance.now() - startedAt > GOOD_RUN_MS) delayMs = FIRST_DELAY_MS;
      say(`${name} ended unexpectedly (${reasonOf(exit)}); starting it again`);
      delayMs = await runAgain(delayMs, signal);
    }
  };

  /** Tries until it runs or is asked to end; returns how long to wait before the next try. */
  const runAgain = async (delayMs: number, signal: AbortSignal): Promise<number> => {
    for (;;) {
      await wait(delayMs, signal);
      if (signal.aborted) return delayMs;
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      try {
        await run();
        restarts += 1;
        return delayMs;
      } catch (error) {
        if (signal.aborted) return delayMs;
        say(`${name} does not start: ${messageOf(error)}`);
      }
    }
  };

  const end = async (): Promise<void> => {
    asked.abort();
    await current?.stop();
    await supervision;
  };

  const startAnew = async (): Promise<void> => {
    await end();
    if (stopped) throw new Error(`${name} was told to stop`);
    // Between two runs somebody may already be waiting for the next one.
    if (current) ready = Promise.withResolvers();
    current = undefined;
    asked = new AbortController();
    await run();
    supervision = keepRunning();
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
      // One after the other; whether an earlier one failed is for its caller.
      restarting = restarting.catch(() => {}).then(startAnew);
      await restarting;
    },
    async stop() {
      stopped = true;
      await end();
      await restarting.catch(() => {});
      current = undefined;
    },
  };
}

async function waitFor(ms: number, abort: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: abort }).catch(() => {});
}

function reasonOf({ code, signal }: Exit): string {
  return signal ?? `exit status ${code}`;
}
