import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { forgetProcess, recordProcess, type StopPlan, stopLeftover } from './leftover.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child process that does not outlive this one, whatever ends this one. */
export interface Tethered {
  readonly pid: number;
  /** Resolves, never rejects, when the process is gone. */
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** Goes through the stop plan until the process is gone. */
  stop(): Promise<Exit>;
}

export interface TetheredOptions {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** The account to run under, when this process runs as root. */
  account?: { uid: number; gid: number } | undefined;
  /** Where to note the process for a later start to find. */
  record: string;
  stopPlan: StopPlan;
  /** What the child gets when this process is killed. */
  tether: 'SIGTERM' | 'SIGINT';
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
}

/** How long a child whose launcher was killed may take to end in order; a service gives up after 15 s. */
const ORPHAN_GRACE_S = 20;

/**
 * Starts the program in the same process id as the shell, after leaving a watcher behind that
 * holds the read end of a pipe of ours. The pipe closes without a line when we are killed. Unlike
 * an IPC channel this works for any program, and from its first moment on: a service that is still
 * loading hears of a signal, but not yet of a channel that closes.
 */
const WATCHING_SHELL = `
signal=$1; shift
(
  (
    read -r released <&3 && exit
    kill -"$signal" $$
    waited=0
    while [ $waited -lt ${ORPHAN_GRACE_S} ]; do
      sleep 1
      kill -0 $$ || exit
      waited=$((waited + 1))
    done
    kill -KILL $$
  ) >/dev/null 2>&1 &
)
exec "$@" 3<&-
`;

/** Starts a program; what an earlier run of it left behind is stopped first. */
export async function startTethered(options: TetheredOptions): Promise<Tethered> {
  const { command, args, tether, account, record, stopPlan } = options;
  await stopLeftover(record, stopPlan);
  const child = spawn('/bin/sh', ['-c', WATCHING_SHELL, 'sh', tether.slice('SIG'.length), command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: options.env,
    cwd: options.cwd,
    // A session of its own: Ctrl-C at the terminal reaches us alone, and we stop things in order.
    detached: true,
    ...account,
  });
  await once(child, 'spawn');
  const pid = child.pid as number;
  recordProcess(record, pid);
  relayLines(child, options.onLine);

  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      forgetProcess(record);
      releaseWatcher(child);
      resolve({ code, signal });
    });
  });
  return {
    pid,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      for (const [signal, waitMs] of stopPlan) {
        child.kill(signal);
        if (await endsWithin(exited, waitMs)) break;
      }
      return await exited;
    },
  };
}

function relayLines(child: ChildProcess, onLine: TetheredOptions['onLine']): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream] as Readable }).on('line', (line) => onLine(line, stream));
  }
}

/** The process ended by itself, and its id may soon be another's: the watcher must not signal it. */
function releaseWatcher(child: ChildProcess): void {
  const pipe = child.stdio[3] as Writable | null | undefined;
  if (!pipe) return;
  pipe.on('error', () => {}); // The watcher may be gone too; then there is nothing to release.
  pipe.end('released\n');
}

async function endsWithin(exited: Promise<Exit>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  try {
    return await Promise.race([exited.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
