import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StopPlan } from './process/leftover.ts';
import { socketFolder } from './process/socket-folder.ts';
import { startTethered, type Tethered } from './process/tethered.ts';
import { findRedisServer } from './redis/server-program.ts';

/** SIGTERM syncs the append-only file and ends. */
const STOP_PLAN: StopPlan = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 5_000],
];

/** Loading the append-only file after a crash under load takes seconds, not minutes. */
const START_TIMEOUT_MS = 60_000;

/** What an error message repeats of the log of a server that did not start. */
const SAID_MAX_LINES = 20;

export interface RedisOptions {
  /** Must exist; holds the append-only file. */
  dataDir: string;
  /** Receives what the server logs. */
  log(line: string): void;
  /** Told when something takes longer than a moment. */
  say?(line: string): void;
  /** Gives up the start; what was started is stopped. */
  abort?: AbortSignal;
}

export interface RunningRedis extends Tethered {
  /** `unix:/path/of/the/socket` */
  readonly url: string;
}

/**
 * Starts Redis on the data folder and waits until it answers: durable as the uplink log needs it,
 * on a Unix socket only. What an earlier run that was killed left running is stopped first,
 * because two servers on one append-only file would ruin it.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const dataDir = realpathSync(options.dataDir);
  const program = await findRedisServer(options.say ?? options.log);
  const data = join(dataDir, 'redis');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  const record = join(dataDir, 'run', 'redis.json');

  const folder = socketFolder(dataDir, 'redis');
  const socket = join(folder, 'redis.sock');
  const said: string[] = [];
  const server = await startTethered({
    command: program.command,
    args: redisArguments({ socket, data }),
    cwd: data,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...program.env },
    record,
    stopPlan: STOP_PLAN,
    tether: 'SIGTERM',
    onLine(line) {
      if (said.length < SAID_MAX_LINES) said.push(line);
      options.log(line);
    },
  });
  if (!(await becomesReady(server, socket, options.abort))) {
    options.abort?.throwIfAborted();
    throw new Error(`Redis did not start:\n${said.join('\n')}`);
  }
  return {
    ...server,
    url: `unix:${socket}`,
    async stop() {
      const exit = await server.stop();
      rmSync(folder, { recursive: true, force: true });
      return exit;
    },
  };
}

function redisArguments({ socket, data }: { socket: string; data: string }): string[] {
  const settings: [name: string, value: string][] = [
    ['port', '0'],
    ['unixsocket', socket],
    ['unixsocketperm', '700'],
    ['dir', data],
    ['daemonize', 'no'],
    // An answer to XADD means that it is on the disk: a PUBACK stands on it.
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['save', ''],
    // The log is trimmed all the time; rewriting the file early would only compete for the disk.
    ['auto-aof-rewrite-min-size', '512mb'],
    // The broker holds back before memory runs out; silently evicting keys would lose messages.
    ['maxmemory-policy', 'noeviction'],
  ];
  return settings.flatMap(([name, value]) => [`--${name}`, value]);
}

async function becomesReady(server: Tethered, socket: string, abort?: AbortSignal): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  for (const deadline = performance.now() + START_TIMEOUT_MS; performance.now() < deadline; await sleep(10)) {
    if (ended) return false;
    if (abort?.aborted) break;
    if (await answersPing(socket)) return true;
  }
  await server.stop();
  return false;
}

/** While it loads its file a server takes connections and answers -LOADING. */
function answersPing(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket, () => connection.write('PING\r\n'));
    connection.setTimeout(1_000, () => connection.destroy());
    connection.once('data', (answer) => {
      resolve(answer.toString().startsWith('+PONG'));
      connection.destroy();
    });
    connection.once('error', () => resolve(false));
    connection.once('close', () => resolve(false));
  });
}
