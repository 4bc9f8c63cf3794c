import { randomBytes } from 'node:crypto';
import { migrate } from '@wayleave/migrations/migrate.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../postgres.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { withDatabase } from './database-url.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the migrated database that every test database is a copy of. */
    templateDatabaseUrl: string;
  }
}

/**
 * One PostgreSQL for a run of the integration tests, `DATABASE_URL` or an embedded one, with one
 * migrated database on it to copy: a copy takes a twentieth of the time of the migrations.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.DATABASE_URL
    ? { url: process.env.DATABASE_URL, stop: async () => {} }
    : await startTemporaryPostgres();
  const template = `wayleave_test_${randomBytes(4).toString('hex')}`;
  try {
    await asAdministrator(server.url, (client) => client.query(`CREATE DATABASE ${template}`));
    const templateDatabaseUrl = withDatabase(server.url, template);
    await migrate({ databaseUrl: templateDatabaseUrl, log: createLog('migrations', 'warn') });
    // TimescaleDB runs a scheduler in every database that it can connect to, also in one being copied.
    await asAdministrator(server.url, async (client) => {
      await client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pg_has_role(usesysid, 'MEMBER')",
        [template],
      );
    });
    project.provide('templateDatabaseUrl', templateDatabaseUrl);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return async () => {
    if (process.env.DATABASE_URL) await asAdministrator(server.url, (client) => dropAll(client, template));
    await server.stop();
  };
}

async function startTemporaryPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = makeTemporaryFolder('test-database');
  const log: string[] = [];
  const server = await startPostgres({
    dataDir: folder.path,
    log: (line) => log.push(line),
    // These rows are gone with the run; what survives a crash is for the crash tests to show.
    settings: { fsync: 'off', full_page_writes: 'off', shared_buffers: '256MB' },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}

/** On a server that is not ours, the databases of tests that failed before they could drop theirs. */
async function dropAll(client: pg.Client, template: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [template],
  );
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

async function asAdministrator<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
