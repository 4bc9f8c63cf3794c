import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../repository.ts';
import type { StopPlan } from './leftover.ts';
import { openLogFile } from './log-file.ts';
import { worthShowing } from './log-line.ts';
import { type Supervised, supervise } from './supervised.ts';
import { startTethered, type Tethered } from './tethered.ts';

/** A service gives up its own orderly stop after 15 s. */
const STOP_PLAN: StopPlan = [
  ['SIGTERM', 20_000],
  ['SIGKILL', 5_000],
];

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;

/** What an error message repeats of the output of a service that did not start. */
const SAID_MAX_LINES = 20;

export interface ServiceOptions {
  name: string;
  /** The program, relative to the repository. */
  script: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  dataDir: string;
  /** Answers 200 when the service can do its work; without one it counts as ready once it runs. */
  readyUrl?: string;
  /** Gives up the first start. */
  abort?: AbortSignal;
  /** Told of warnings, errors and restarts. */
  say(line: string): void;
}

/** Runs one of our own programs, supervised, with its log in `$DATA_DIR/logs/<name>.log`. */
export async function superviseService(options: ServiceOptions): Promise<Supervised> {
  const { name, dataDir, say } = options;
  const script = join(repositoryRoot, options.script);
  if (!existsSync(script)) throw new Error(`${options.script} is missing`);
  const logPath = join(dataDir, 'logs', `${name}.log`);
  const log = openLogFile(logPath);
  let said: string[] = [];

  const start = async (stopping: AbortSignal): Promise<Tethered> => {
    said = [];
    const service = await startTethered({
      command: process.execPath,
      args: [script, ...(options.args ?? [])],
      env: options.env,
      cwd: repositoryRoot,
      record: join(dataDir, 'run', `${name}.json`),
      stopPlan: STOP_PLAN,
      tether: 'SIGTERM',
      onLine(line) {
        log.write(line);
        const shown = worthShowing(line);
        if (shown === undefined) return;
        said = [...said, shown].slice(-SAID_MAX_LINES);
        say(shown);
      },
    });
    if (options.readyUrl !== undefined) {
      const abort = AbortSignal.any([stopping, ...(options.abort ? [options.abort] : [])]);
      await becomeReady(service, options.readyUrl, abort);
    }
    return service;
  };
  try {
    return await supervise({ name, start, say: (line) => say(line) });
  } catch (error) {
    throw new Error(
      [`${name} did not start: ${(error as Error).message}`, ...said, `Its log: ${logPath}`].join('\n'),
      {
        cause: error,
      },
    );
  }
}

/** @throws {Error} when the service ends, is told to stop, or takes too long; it is stopped then */
async function becomeReady(service: Tethered, url: string, abort: AbortSignal): Promise<void> {
  let ended: string | undefined;
  void service.exited.then(({ code, signal }) => {
    ended = `it ended with ${signal ?? `status ${code}`}`;
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await answersOk(url))) {
    if (ended === undefined && !abort.aborted && performance.now() < deadline) {
      await sleep(READY_POLL_MS);
      continue;
    }
    await service.stop();
    throw new Error(
      ended ??
        (abort.aborted ? 'it was told to stop' : `it was not ready within ${READY_TIMEOUT_MS / 1_000} s`),
    );
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
