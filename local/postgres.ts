import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { postgresBinaries } from './postgres/binaries.ts';
import { ensureCluster } from './postgres/cluster.ts';
import { postgresSettings } from './postgres/settings.ts';
import { isRoot, unprivilegedAccount } from './process/account.ts';
import { isAlive } from './process/identity.ts';
import type { StopPlan } from './process/leftover.ts';
import { socketFolder } from './process/socket-folder.ts';
import { startTethered, type Tethered } from './process/tethered.ts';

const DATABASE = 'wayleave';

/** Fast shutdown, which rolls back and checkpoints; then an immediate one, which recovers at the next start. */
const STOP_PLAN: StopPlan = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/** Recovery after `kill -9` under load replays up to max_wal_size of log. */
const START_TIMEOUT_MS = 120_000;

/** How long the backends of a postmaster that was killed may take to notice. */
const OLD_BACKENDS_TIMEOUT_MS = 15_000;

/** What an error message repeats of the log of a server that did not start. */
const SAID_MAX_LINES = 20;

export interface PostgresOptions {
  /** Must exist; holds the cluster, unless root runs this and the account "nobody" cannot get there. */
  dataDir: string;
  /** Receives what the server logs. */
  log(line: string): void;
  /** Changes to the settings of `postgresSettings`. */
  settings?: Record<string, string>;
  /** Gives up the start; what was started is stopped. */
  abort?: AbortSignal;
}

export interface RunningPostgres extends Tethered {
  /** Logs in as the owner of everything. */
  readonly url: string;
}

/**
 * Starts the embedded PostgreSQL on the cluster of a data folder, made if need be, and waits
 * until it answers. What an earlier run that was killed left running is stopped first.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = realpathSync(options.dataDir);
  const account = isRoot ? unprivilegedAccount() : undefined;
  const binaries = postgresBinaries(account !== undefined);
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  const record = join(dataDir, 'run', 'postgres.json');

  const cluster = await ensureCluster(dataDir, binaries, account);
  const socket = socketFolder(dataDir, 'postgres', account);
  const settings = {
    ...postgresSettings({ memoryBytes: totalmem(), socketFolder: socket }),
    ...options.settings,
  };
  const args = [
    '-D',
    cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];

  const deadline = performance.now() + OLD_BACKENDS_TIMEOUT_MS;
  for (;;) {
    const said: string[] = [];
    const server = await startTethered({
      command: join(binaries, 'postgres'),
      args,
      account,
      record,
      stopPlan: STOP_PLAN,
      cwd: '/',
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC' },
      tether: 'SIGINT',
      onLine(line) {
        if (said.length < SAID_MAX_LINES) said.push(line);
        options.log(line);
      },
    });
    if (await becomesReady(server, cluster, options.abort)) {
      try {
        await ensureDatabase(urlOf(socket, 'postgres'));
      } catch (error) {
        await server.stop();
        throw error;
      }
      return {
        ...server,
        url: urlOf(socket, DATABASE),
        async stop() {
          const exit = await server.stop();
          rmSync(socket, { recursive: true, force: true });
          return exit;
        },
      };
    }
    options.abort?.throwIfAborted();
    const oldBackends = said.some((line) =>
      /pre-existing shared memory block|lock file .* already exists/.test(line),
    );
    if (!oldBackends || performance.now() > deadline) {
      throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
    }
    await sleep(200);
  }
}

/** The form that both `pg` and libpq read: no host, so that the socket's folder is the host. */
function urlOf(socket: string, database: string): string {
  return `postgres://postgres@/${database}?host=${encodeURIComponent(socket)}`;
}

/** The postmaster says on the eighth line of its pid file when it takes connections. */
async function becomesReady(server: Tethered, cluster: string, abort?: AbortSignal): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  for (const deadline = performance.now() + START_TIMEOUT_MS; performance.now() < deadline; await sleep(10)) {
    if (ended || !isAlive(server.pid)) return false;
    if (abort?.aborted) break;
    const lines = readPidFile(cluster);
    if (lines[0] === String(server.pid) && lines[7]?.trim() === 'ready') return true;
  }
  await server.stop();
  return false;
}

function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
