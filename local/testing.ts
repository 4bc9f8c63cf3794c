import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { startRedis } from './redis.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { withDatabase } from './test-run/database-url.ts';

export interface TestDatabase {
  /** Logs in as the owner, as `DATABASE_URL` does for the services. */
  url: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** A database of its own for an integration test, migrated and empty. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject('templateDatabaseUrl');
  const templateName = /\/([^/?]+)(?:\?|$)/.exec(template)?.[1];
  const name = `${templateName}_${randomBytes(6).toString('hex')}`;
  // From another database: one that is connected to cannot be copied.
  const server = withDatabase(template, 'postgres');
  await statement(server, `CREATE DATABASE ${name} TEMPLATE ${templateName}`);
  return {
    url: withDatabase(template, name),
    drop: () => statement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export interface TestRedis {
  url: string;
  close(): Promise<void>;
}

/**
 * A Redis of its own for an integration test, empty and durable as in production: keys, streams
 * and channels of two tests never meet. It does not use `REDIS_URL`, whose data are somebody's.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const folder = makeTemporaryFolder('test-redis');
  const server = await startRedis({ dataDir: folder.path, log: () => {} });
  return {
    url: server.url,
    async close() {
      await server.stop();
      folder.remove();
    },
  };
}
