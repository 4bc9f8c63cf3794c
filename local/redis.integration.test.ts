import { join } from 'node:path';
import { createLog } from '@wayleave/runtime/log.ts';
import { createRedis } from '@wayleave/runtime/redis.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordedProcess } from './process/leftover.ts';
import { type RunningRedis, startRedis } from './redis.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
beforeEach(() => {
  folder = makeTemporaryFolder('test-redis');
});
afterEach(() => folder.remove());

const start = () => startRedis({ dataDir: folder.path, log: () => {} });

async function withClient<T>(
  server: RunningRedis,
  work: (redis: ReturnType<typeof createRedis>) => Promise<T>,
): Promise<T> {
  const redis = createRedis(server.url, 'test', createLog('test', 'silent'));
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

test('what was acknowledged is there after the server was killed and started again', async () => {
  const first = await start();
  await withClient(first, (redis) => redis.set('kept', 'yes'));
  first.kill('SIGKILL');
  await first.exited;

  const second = await start();
  expect(await withClient(second, (redis) => redis.get('kept'))).toBe('yes');
  expect(await second.stop()).toEqual({ code: 0, signal: null });
});

test('a server that an earlier start left running is stopped first: two would ruin the file', async () => {
  const left = await start();
  await withClient(left, (redis) => redis.set('kept', 'yes'));
  const next = await start();
  expect(await left.exited).toEqual({ code: 0, signal: null });
  expect(await withClient(next, (redis) => redis.get('kept'))).toBe('yes');
  await next.stop();
});

test('a start that is given up leaves no server running', async () => {
  const abort = AbortSignal.abort(new Error('told to stop'));
  const given = startRedis({ dataDir: folder.path, log: () => {}, abort });
  await expect(given).rejects.toThrow('told to stop');
  expect(recordedProcess(join(folder.path, 'run', 'redis.json'))).toBeUndefined();
});
