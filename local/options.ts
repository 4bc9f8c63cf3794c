import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEFAULT_PORTS, type Ports } from './ports.ts';
import { repositoryRoot } from './repository.ts';

/** More simulated vehicles than this need the load generator of device-sim, not one process each. */
const MAX_VEHICLES = 5_000;

export const HELP = `npm start -- [options]

Starts the whole of Wayleave on this machine with a simulated fleet.

  --vehicles <n>  simulated vehicles, 0 to ${MAX_VEHICLES} (40)
  --fresh         delete the data of this stack first
  --help          show this

Environment, all optional:
  DATA_DIR        where the data, logs and secrets are (.data)
  API_PORT        the map and the HTTP API (${DEFAULT_PORTS.API_PORT})
  MQTT_PORT       trackers (${DEFAULT_PORTS.MQTT_PORT})
  HOST            address that both bind (127.0.0.1)
  DATABASE_URL    PostgreSQL that runs elsewhere, instead of the embedded one
  REDIS_URL       Redis that runs elsewhere; it should have appendonly yes and appendfsync always
  UPLINK_FSYNC    what to do when it has not: warn (here), or require (a service by itself), which
                  refuses to start
  BROKER_OPS_PORT, INGEST_OPS_PORT, JOBS_OPS_PORT
                  /health and /metrics of those services (${DEFAULT_PORTS.BROKER_OPS_PORT}, ${DEFAULT_PORTS.INGEST_OPS_PORT}, ${DEFAULT_PORTS.JOBS_OPS_PORT})
  MAP_STYLE_URL   a MapLibre style for the map, instead of the embedded base map
`;

const portVariable = (fallback: number) =>
  z.coerce.number('must be a number').int().min(0).max(65_535).default(fallback);

const environment = z.object({
  DATA_DIR: z.string().default('.data'),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
  UPLINK_FSYNC: z.enum(['require', 'warn']).optional(),
  API_PORT: portVariable(DEFAULT_PORTS.API_PORT),
  MQTT_PORT: portVariable(DEFAULT_PORTS.MQTT_PORT),
  BROKER_OPS_PORT: portVariable(DEFAULT_PORTS.BROKER_OPS_PORT),
  INGEST_OPS_PORT: portVariable(DEFAULT_PORTS.INGEST_OPS_PORT),
  JOBS_OPS_PORT: portVariable(DEFAULT_PORTS.JOBS_OPS_PORT),
});

const vehicleCount = z.coerce.number('must be a number').int().min(0).max(MAX_VEHICLES).default(40);

export interface StartOptions {
  vehicles: number;
  fresh: boolean;
  help: boolean;
  dataDir: string;
  host: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  ports: Ports;
  /** Variables for the services beyond those that they inherit. */
  env: Record<string, string>;
}

/** @throws {Error} naming the argument or the variable that is wrong */
export function readStartOptions(args: string[], variables: NodeJS.ProcessEnv): StartOptions {
  const { values } = parseArgs({
    args,
    options: {
      vehicles: { type: 'string' },
      fresh: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const vehicles = vehicleCount.safeParse(values.vehicles);
  if (!vehicles.success) throw new Error(`--vehicles: ${vehicles.error.issues[0]?.message}`);
  // An empty variable counts as unset, as in the services.
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const { DATA_DIR, HOST, DATABASE_URL, REDIS_URL, UPLINK_FSYNC, ...ports } = parsed.data;
  return {
    vehicles: vehicles.data,
    fresh: values.fresh ?? false,
    help: values.help ?? false,
    dataDir: resolve(repositoryRoot, DATA_DIR),
    host: HOST,
    databaseUrl: DATABASE_URL,
    redisUrl: REDIS_URL,
    ports,
    // Any Redis will do to try things out; one of our own writes to disk as it must.
    env: REDIS_URL && !UPLINK_FSYNC ? { UPLINK_FSYNC: 'warn' } : {},
  };
}
