import { createLog } from '@wayleave/runtime/log.ts';
import { createRedis } from '@wayleave/runtime/redis.ts';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase, createTestRedis } from './testing.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('two test databases are migrated and see nothing of each other', async () => {
  const [one, two] = [await createTestDatabase(), await createTestDatabase()];
  await query(one.url, "INSERT INTO operators (name) VALUES ('One')");
  expect(await query(one.url, 'SELECT name FROM operators')).toEqual([{ name: 'One' }]);
  expect(await query(two.url, 'SELECT name FROM operators')).toEqual([]);
  await one.drop();
  await two.drop();
  await expect(query(one.url, 'SELECT')).rejects.toThrow('does not exist');
});

test('a test Redis writes every command to the disk before it answers', async () => {
  const server = await createTestRedis();
  const redis = createRedis(server.url, 'test', createLog('test', 'fatal'));
  expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
  expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
  expect(await redis.dbsize()).toBe(0);
  await redis.quit();
  await server.close();
});
