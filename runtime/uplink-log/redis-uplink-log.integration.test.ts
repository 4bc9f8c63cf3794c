import { createTestRedis, type TestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { createRedis, type Redis } from '../redis.ts';
import { createRedisUplinkLog } from './redis-uplink-log.ts';
import { requireFsync } from './require-fsync.ts';
import { BEFORE_EVERYTHING, type Mark, type UplinkLog } from './uplink-log.ts';

const SHARDS = 4;
const SHARD_LIMIT_BYTES = 1_000;
const log = createLog('test', 'fatal');

let server: TestRedis;
let redis: Redis;
let blockingRedis: Redis;
let uplink: UplinkLog;

beforeAll(async () => {
  server = await createTestRedis();
  redis = createRedis(server.url, 'test', log);
  blockingRedis = createRedis(server.url, 'test-reader', log);
});
afterAll(async () => {
  redis.disconnect();
  blockingRedis.disconnect();
  await server.close();
});
beforeEach(async () => {
  await redis.flushall();
  uplink = createRedisUplinkLog({
    redis,
    blockingRedis,
    shardCount: SHARDS,
    maxBytes: SHARDS * SHARD_LIMIT_BYTES,
    countIntervalMs: 0,
  });
});

const append = async (shard: number, ...texts: string[]): Promise<string[]> =>
  await uplink.append(texts.map((text) => ({ shard, bytes: Buffer.from(text) })));

const read = async (marks: [number, Mark][], waitMs = 10): Promise<[number, string, Mark][]> => {
  const entries = await uplink.read(new Map(marks), { maxEntriesPerShard: 100, waitMs });
  return entries.map(({ shard, bytes, mark }) => [shard, bytes.toString(), mark]);
};

describe('the uplink log on Redis Streams', () => {
  it('gives back what was appended to each shard, in order, from any mark', async () => {
    expect(await append(1, 'a', 'b', 'c')).toEqual(['durable', 'durable', 'durable']);
    await append(2, 'x');
    const entries = await read([
      [1, BEFORE_EVERYTHING],
      [2, BEFORE_EVERYTHING],
    ]);
    expect(entries.map(([shard, text]) => [shard, text])).toEqual([
      [1, 'a'],
      [1, 'b'],
      [1, 'c'],
      [2, 'x'],
    ]);
    const markOfB = entries[1]![2];
    expect((await read([[1, markOfB]])).map(([, text]) => text)).toEqual(['c']);
  });

  it('waits for an entry and wakes for it', async () => {
    const waiting = read([[0, BEFORE_EVERYTHING]], 5_000);
    await append(0, 'late');
    expect((await waiting).map(([, text]) => text)).toEqual(['late']);
    expect(await read([[3, BEFORE_EVERYTHING]], 10)).toEqual([]);
  });

  it('keeps binary entries byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    await uplink.append([{ shard: 0, bytes }]);
    const [entry] = await uplink.read(new Map([[0, BEFORE_EVERYTHING]]), {
      maxEntriesPerShard: 1,
      waitMs: 10,
    });
    expect(entry?.bytes.equals(bytes)).toBe(true);
  });

  it('refuses what is over the limit of a shard, and takes it again after a trim', async () => {
    expect(await append(0, 'x'.repeat(SHARD_LIMIT_BYTES))).toEqual(['durable']);
    expect(await append(0, 'y')).toEqual(['full']);
    expect(await append(1, 'y')).toEqual(['durable']);
    const [entry] = await read([[0, BEFORE_EVERYTHING]]);
    await uplink.trim(new Map([[0, entry![2]]]));
    expect(await append(0, 'y')).toEqual(['durable']);
    expect(await uplink.heldBytes(0)).toBe(1);
  });

  it('counts the bytes held exactly, whichever entries are trimmed and how often', async () => {
    await append(0, 'aa', 'bbb', 'cccc');
    const entries = await read([[0, BEFORE_EVERYTHING]]);
    const marks = new Map([[0, entries[1]![2]]]);
    await uplink.trim(marks);
    await uplink.trim(marks);
    expect(await uplink.heldBytes(0)).toBe(4);
    expect((await read([[0, BEFORE_EVERYTHING]])).map(([, text]) => text)).toEqual(['cccc']);
    const [rest] = await read([[0, entries[1]![2]]]);
    await uplink.trim(new Map([[0, rest![2]]]));
    expect(await uplink.heldBytes(0)).toBe(0);
  });

  it('counts right again once it is empty, whatever a crash left the count at', async () => {
    await append(0, 'aa');
    await redis.hincrby('{uplink:0}:size', 'appended', 700);
    const [entry] = await read([[0, BEFORE_EVERYTHING]]);
    await uplink.trim(new Map([[0, entry![2]]]));
    expect(await uplink.heldBytes(0)).toBe(0);
  });

  it('says full instead of failing while Redis takes no writes', async () => {
    const [, before] = (await redis.config('GET', 'maxmemory')) as [string, string];
    await redis.config('SET', 'maxmemory', '1');
    try {
      expect(await append(0, 'x')).toEqual(['full']);
    } finally {
      await redis.config('SET', 'maxmemory', before);
    }
  });
});

describe('the check that Redis writes to disk before it answers', () => {
  it('passes a durable server, and refuses or warns of one that is not', async () => {
    await requireFsync(redis, 'require', log);
    await redis.config('SET', 'appendfsync', 'everysec');
    try {
      await expect(requireFsync(redis, 'require', log)).rejects.toThrow('appendfsync everysec');
      await requireFsync(redis, 'warn', log);
    } finally {
      await redis.config('SET', 'appendfsync', 'always');
    }
  });
});
