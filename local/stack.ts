import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@wayleave/migrations/migrate.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { deleteData } from './fresh.ts';
import { claimPorts, DEFAULT_PORTS, type Ports } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { recordedProcess, type StopPlan, stopLeftover } from './process/leftover.ts';
import { openLogFile } from './process/log-file.ts';
import { superviseService } from './process/service.ts';
import { type Supervised, supervise } from './process/supervised.ts';
import { startRedis } from './redis.ts';
import { keepSecrets, type Secrets } from './secrets.ts';
import { lockDataFolder } from './stack-lock.ts';
import { buildWebConsole } from './web-console.ts';

/** The services, in the order in which they are stopped: what takes messages in goes first. */
export const SERVICES = ['broker', 'ingest', 'api', 'jobs'] as const;

export type ServiceName = (typeof SERVICES)[number];

const OPS_PORTS = {
  broker: 'BROKER_OPS_PORT',
  ingest: 'INGEST_OPS_PORT',
  api: 'API_PORT',
  jobs: 'JOBS_OPS_PORT',
} as const;

/** What a killed launcher left running ends in order on SIGINT: services, Redis and PostgreSQL alike. */
const LEFTOVER_PLAN: StopPlan = [
  ['SIGINT', 10_000],
  ['SIGKILL', 5_000],
];

export interface StackOptions {
  /** Made if it is not there; one stack at a time may use it. */
  dataDir: string;
  /** A port of 0 is replaced by a free one; those not given have their defaults. */
  ports?: Partial<Ports>;
  /** The address that the listeners bind. */
  host?: string;
  /** PostgreSQL that runs elsewhere; without it an embedded one is started. */
  databaseUrl?: string | undefined;
  /** Redis that runs elsewhere; without it one is started. */
  redisUrl?: string | undefined;
  /** Deletes what an earlier stack kept in the data folder. */
  fresh?: boolean;
  /** Further variables for the services, such as their limits. */
  env?: Record<string, string>;
  /** Whether to build the web console that the API serves, if it is not up to date (true). */
  console?: boolean;
  /** The services to start (all of them). */
  services?: readonly ServiceName[];
  /** Changes to the settings of the embedded PostgreSQL. */
  postgresSettings?: Record<string, string>;
  /** Told, with the name of its origin, what a person should know. */
  say?(origin: string, line: string): void;
  /** Gives up a start that is under way. */
  abort?: AbortSignal;
}

export interface Stack {
  dataDir: string;
  ports: Ports;
  databaseUrl: string;
  redisUrl: string;
  apiUrl: string;
  mqttUrl: string;
  secrets: Secrets;
  services: Record<ServiceName, Supervised>;
  /** Undefined when `DATABASE_URL` names one that runs elsewhere. */
  postgres: Supervised | undefined;
  /** Undefined when `REDIS_URL` names one that runs elsewhere. */
  redis: Supervised | undefined;
  /** What a service got as its environment, for another program that joins the stack. */
  env: Record<string, string>;
  /** Stops the services, then Redis and PostgreSQL; resolves when no process is left. */
  stop(): Promise<void>;
}

/** PostgreSQL or Redis: its URL, and its process if it is ours. */
interface Server {
  url: string;
  process: Supervised | undefined;
}

async function elsewhere(url: string): Promise<Server> {
  return { url, process: undefined };
}

/** Starts the whole stack on this machine and resolves when every service is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { say = () => {}, host = '127.0.0.1', abort } = options;
  mkdirSync(join(options.dataDir, 'run'), { recursive: true });
  const dataDir = realpathSync(options.dataDir);

  // Disposed in reverse, whether the start fails half-way or the stack is stopped.
  const opened = new AsyncDisposableStack();
  try {
    opened.defer(lockDataFolder(dataDir));
    for (const name of ['simulator', ...SERVICES, 'redis', 'postgres']) {
      const record = join(dataDir, 'run', `${name}.json`);
      const left = recordedProcess(record);
      if (left !== undefined)
        say(name, `is still running from a start that was killed (process ${left}); stopping it`);
      await stopLeftover(record, LEFTOVER_PLAN);
    }
    if (options.fresh) deleteData(dataDir, options);
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const ports = await claimPorts({ ...DEFAULT_PORTS, ...options.ports }, host);
    const secrets = keepSecrets(dataDir, process.env);
    abort?.throwIfAborted();

    const console = options.console === false ? undefined : buildWebConsole(abort);
    console?.catch(() => {}); // Awaited below, once the servers are up.
    const [postgres, redis] = (await settleAll([
      options.databaseUrl ? elsewhere(options.databaseUrl) : superviseServer('postgres', startPostgres),
      options.redisUrl ? elsewhere(options.redisUrl) : superviseServer('redis', startRedis),
    ])) as [Server, Server];
    const [databaseUrl, redisUrl] = [postgres.url, redis.url];
    abort?.throwIfAborted();

    await Promise.all([console, migrate({ databaseUrl, log: createLog('migrations', 'warn') })]);
    abort?.throwIfAborted();

    const env = {
      ...secrets,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      HOST: host,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      ...options.env,
    };
    // One that does not start ends the wait for the others.
    const giveUp = new AbortController();
    const running = await settleAll(
      (options.services ?? SERVICES).toReversed().map(async (name) => {
        const service = superviseService({
          name,
          script: `${name}/main.ts`,
          env: { ...process.env, ...env },
          dataDir,
          readyUrl: `http://${reachable(host)}:${ports[OPS_PORTS[name]]}/health/ready`,
          abort: AbortSignal.any([giveUp.signal, ...(abort ? [abort] : [])]),
          say: (line) => say(name, line),
        });
        opened.defer(() =>
          service.then(
            (started) => started.stop(),
            () => {},
          ),
        );
        service.catch(() => giveUp.abort());
        return await service;
      }),
    );
    const services = Object.fromEntries(
      running.map((service) => [service.name, service]),
    ) as Stack['services'];
    abort?.throwIfAborted();

    return {
      dataDir,
      ports,
      databaseUrl,
      redisUrl,
      apiUrl: `http://${reachable(host)}:${ports.API_PORT}`,
      mqttUrl: `mqtt://${reachable(host)}:${ports.MQTT_PORT}`,
      secrets,
      services,
      postgres: postgres.process,
      redis: redis.process,
      env,
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }

  async function superviseServer(
    name: 'postgres' | 'redis',
    start: typeof startPostgres | typeof startRedis,
  ): Promise<Server> {
    const log = openLogFile(join(dataDir, 'logs', `${name}.log`));
    let url = '';
    const server = await supervise({
      name,
      say: (line) => say(name, line),
      async start(stopping) {
        const started = await start({
          dataDir,
          log: (line) => log.write(line),
          say: (line) => say(name, line),
          settings: options.postgresSettings ?? {},
          abort: AbortSignal.any([stopping, ...(abort ? [abort] : [])]),
        });
        ({ url } = started);
        return started;
      },
    });
    opened.defer(() => server.stop());
    return { url, process: server };
  }
}

/** Waits for all, so that nothing is still starting when the first failure is thrown. */
async function settleAll<T>(work: Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** An address that a client of this machine can connect to. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
