import { statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPostgres } from './postgres.ts';
import { recordedProcess } from './process/leftover.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder('test-postgres');
});
afterEach(() => folder.remove());

const start = () =>
  startPostgres({ dataDir: folder.path, log: () => {}, settings: { shared_buffers: '128MB' } });

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // The connection of a server that is killed breaks; that is what the test is about.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('what was committed is there after the server was killed and started again', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  first.kill('SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  const second = await start();
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  expect(await second.stop()).toEqual({ code: 0, signal: null });
});

test('a server that an earlier start left running is stopped, and its rows are found', async () => {
  const left = await start();
  await query(left.url, 'CREATE TABLE kept AS SELECT 2 AS two');
  const next = await start();
  expect(await left.exited).toEqual({ code: 0, signal: null });
  expect(await query(next.url, 'SELECT two FROM kept')).toEqual([{ two: 2 }]);
  await next.stop();
});

test('a commit is on the disk, no port is open, and no other user may enter', async () => {
  const server = await start();
  const [settings] = (await query(
    server.url,
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('listen_addresses') AS listen_addresses,
            current_setting('unix_socket_directories') AS socket_folder`,
  )) as [Record<string, string>];
  expect(settings).toMatchObject({ fsync: 'on', synchronous_commit: 'on', listen_addresses: '' });
  expect(statSync(settings.socket_folder as string).mode & 0o777).toBe(0o700);
  // Its own account owns the socket; PostgreSQL refuses to be root.
  expect(statSync(settings.socket_folder as string).uid).toBeGreaterThan(0);
  await server.stop();
});

test('a start that is given up leaves no server running', async () => {
  const abort = AbortSignal.abort(new Error('told to stop'));
  const given = startPostgres({ dataDir: folder.path, log: () => {}, abort });
  await expect(given).rejects.toThrow('told to stop');
  expect(recordedProcess(join(folder.path, 'run', 'postgres.json'))).toBeUndefined();
});
