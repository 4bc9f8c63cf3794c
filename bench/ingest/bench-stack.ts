import { provisionTrackers } from '@wayleave/local/provision-trackers.ts';
import { type ServiceName, type Stack, startStack } from '@wayleave/local/stack.ts';
import { makeTemporaryFolder } from '@wayleave/local/temporary-folder.ts';
import pg from 'pg';

/** The operator that owns the devices of a bench. */
export const OPERATOR = 'Bench';

export interface BenchStack extends AsyncDisposable {
  stack: Stack;
  /** Logged in as the owner. */
  database: pg.Client;
  devices: { ident: string; secret: string }[];
}

/**
 * The stack as `npm start` runs it, without a fleet, on durable settings; PostgreSQL has the
 * memory that a server of its own would have. The per-device rate limit is lifted: here five
 * hundred connections stand for a hundred thousand trackers.
 */
export async function startBenchStack(
  deviceCount: number,
  services: readonly ServiceName[] = ['broker', 'ingest'],
  env: Record<string, string> = {},
): Promise<BenchStack> {
  const folder = makeTemporaryFolder('bench');
  const stack = await startStack({
    dataDir: folder.path,
    postgresSettings: { max_wal_size: '16GB' },
    ports: { API_PORT: 0, MQTT_PORT: 0, BROKER_OPS_PORT: 0, INGEST_OPS_PORT: 0, JOBS_OPS_PORT: 0 },
    services,
    databaseUrl: process.env.DATABASE_URL,
    redisUrl: process.env.REDIS_URL,
    console: false,
    env: {
      DEVICE_MAX_PUBLISHES_PER_S: '1000000',
      MAX_CONNECTS_PER_S: '100000',
      LOG_LEVEL: 'warn',
      ...(process.env.BENCH_NODE_OPTIONS ? { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS } : {}),
      ...env,
    },
    say: (origin, line) => process.stderr.write(`[${origin}] ${line}\n`),
  });
  const database = new pg.Client({ connectionString: stack.databaseUrl });
  await database.connect();
  const devices = await provisionTrackers(database, stack.secrets, OPERATOR, deviceCount);
  return {
    stack,
    database,
    devices,
    [Symbol.asyncDispose]: async () => {
      await database.end();
      await stack.stop();
      folder.remove();
    },
  };
}
