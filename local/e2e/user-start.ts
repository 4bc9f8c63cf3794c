import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Demo } from '../demo/demo-file.ts';
import { repositoryRoot } from '../repository.ts';
import { processTable } from '../test-run/process-table.ts';

/** An install in the background of a first run included. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** What a shell of the test run would pass on and a user's would not have. */
const NOT_A_USERS = /^(VITEST|VITE_|NODE_ENV$|NODE_OPTIONS$|DATABASE_URL$|REDIS_URL$|npm_)/;

export interface UserStart {
  readonly process: ChildProcess;
  /** Everything that it printed so far. */
  output(): string;
  /** Resolves once the banner is there; rejects with the output when it ends before. */
  ready(): Promise<Demo>;
  exited: Promise<number | null>;
  /** Ctrl-C: the terminal signals the whole process group. */
  pressCtrlC(): void;
}

/** Types `npm start -- <args>` as a user does, with free ports unless `variables` say otherwise. */
export function npmStart(
  dataDir: string,
  args: string[] = [],
  variables: Record<string, string> = {},
): UserStart {
  const users = Object.entries(process.env).filter(([name]) => !NOT_A_USERS.test(name));
  const freePorts = Object.fromEntries(
    ['API_PORT', 'MQTT_PORT', 'BROKER_OPS_PORT', 'INGEST_OPS_PORT', 'JOBS_OPS_PORT'].map((name) => [
      name,
      '0',
    ]),
  );
  const child = spawn('npm', ['start', '--', ...args], {
    cwd: repositoryRoot,
    env: { ...Object.fromEntries(users), ...freePorts, DATA_DIR: dataDir, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, as a shell gives each command.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let ended = false;
  const exited = new Promise<number | null>((resolve) => {
    // `exit`, not `close`: what npm leaves behind for a moment still holds its output.
    child.once('exit', (code) => {
      ended = true;
      resolve(code);
    });
  });
  return {
    process: child,
    output: () => output,
    exited,
    pressCtrlC: () => void process.kill(-(child.pid as number), 'SIGINT'),
    async ready() {
      for (let waited = 0; !output.includes('Wayleave is up'); waited += POLL_MS) {
        if (ended || waited > START_TIMEOUT_MS) throw new Error(`npm start did not come up:\n${output}`);
        await sleep(POLL_MS);
      }
      return JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as Demo;
    },
  };
}

/** The ids that the stack of a data folder noted, by the name of the process. */
export function recordedPids(dataDir: string): Map<string, number> {
  const folder = join(dataDir, 'run');
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const { pid } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { pid: number };
        return [name.slice(0, -'.json'.length), pid];
      }),
  );
}

/** Waits until none of the processes is left, nor any whose command line names the data folder. */
export async function nothingLeft(dataDir: string, pids: Iterable<number>): Promise<string[]> {
  const wanted = new Set(pids);
  let left: string[] = [];
  for (let waited = 0; waited < STOP_TIMEOUT_MS; waited += POLL_MS) {
    left = [...processTable()]
      .filter(([pid, command]) => wanted.has(pid) || command.includes(dataDir))
      .map(([pid, command]) => `${pid} ${command}`);
    if (left.length === 0) break;
    await sleep(POLL_MS);
  }
  return left;
}
