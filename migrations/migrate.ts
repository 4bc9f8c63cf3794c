import { join } from 'node:path';
import { messageOf } from '@wayleave/runtime/errors.ts';
import type { Log } from '@wayleave/runtime/log.ts';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** SQL files, applied in the order of their names, each once and never edited afterwards. */
const SQL_FOLDER = join(import.meta.dirname, 'sql');

/**
 * Brings the schema of a database up to date. Safe to run from several places at once: the
 * others wait for the one that holds the lock. `databaseUrl` logs in as the schema's owner.
 * @returns the names of the migrations that were applied
 */
export async function migrate(options: { databaseUrl: string; log: Log }): Promise<string[]> {
  const { databaseUrl, log } = options;
  await enableTimescale(databaseUrl, log);
  const client = new pg.Client({ connectionString: databaseUrl });
  // Lost while nothing is asked of it, it emits, which would end the process; a statement fails by itself.
  client.on('error', (error) => log.warn({ err: error }, 'the connection of the migrations was lost'));
  await client.connect();
  try {
    return await applyAll(client, log);
  } finally {
    await client.end();
  }
}

async function applyAll(client: pg.Client, log: Log): Promise<string[]> {
  const applied = await runner({
    dbClient: client,
    dir: SQL_FOLDER,
    direction: 'up',
    migrationsTable: 'schema_migrations',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: {
      debug: (message) => log.trace(message),
      info: (message) => log.debug(message),
      warn: (message) => log.warn(message),
      error: (message) => log.error(message),
    },
  });
  return applied.map((migration) => migration.name);
}

/**
 * Takes TimescaleDB where the server has it. That it is installed but not preloaded, or may not
 * be created by this login, shows only by trying; the schema then uses native partitions.
 */
async function enableTimescale(databaseUrl: string, log: Log): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // A server without the preload closes the connection on CREATE EXTENSION, which emits here too.
  client.on('error', (error) => log.debug({ err: error }, 'the connection that tried TimescaleDB closed'));
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_available_extensions WHERE name = 'timescaledb'");
    if (rowCount === 0) return;
    await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
  } catch (error) {
    log.warn(`TimescaleDB cannot be used here (${messageOf(error)}): positions use native partitions`);
  } finally {
    await client
      .end()
      .catch((error: unknown) => log.debug({ err: error }, 'the connection was already closed'));
  }
}
