import type { Redis } from 'ioredis';
import {
  type AppendOutcome,
  BEFORE_EVERYTHING,
  type LogEntry,
  type Mark,
  type ReadOptions,
  type ShardEntry,
  type UplinkLog,
} from './uplink-log.ts';

/**
 * Trims, and moves the trimmed total forward only, so that a repeated trim changes nothing. An
 * empty stream holds nothing whatever the totals say: that is where a count that a crash left
 * wrong comes right again.
 */
const TRIM = `
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
local size = redis.call('HMGET', KEYS[2], 'appended', 'trimmed')
local appended, trimmed = tonumber(size[1]) or 0, tonumber(size[2]) or 0
trimmed = math.max(trimmed, math.min(tonumber(ARGV[2]), appended))
if redis.call('XLEN', KEYS[1]) == 0 then trimmed = appended end
redis.call('HSET', KEYS[2], 'trimmed', string.format('%.0f', trimmed))
return redis.status_reply('OK')`;

/** Starts of what Redis answers when a write cannot be taken now but may be later. */
const PASSING_ERRORS = /^(LOADING|BUSY|MASTERDOWN|READONLY|MISCONF|OOM)/;

export interface RedisUplinkLogOptions {
  /** For appending and trimming. */
  redis: Redis;
  /** A connection of its own, since a waiting read blocks it; absent where nothing is read. */
  blockingRedis?: Redis;
  shardCount: number;
  /** Bytes that the whole log may hold, split evenly over its shards. */
  maxBytes: number;
}

/**
 * The uplink log on Redis Streams. Durable means fsynced when Redis runs with `appendfsync
 * always`: Redis flushes its append-only file before it answers a pipeline.
 */
export function createRedisUplinkLog(options: RedisUplinkLogOptions): UplinkLog {
  const { redis, blockingRedis, shardCount } = options;
  const maxShardBytes = Math.ceil(options.maxBytes / shardCount);
  redis.defineCommand('uplinkTrim', { numberOfKeys: 2, lua: TRIM });

  /** Bytes held by each shard when it was last heard of; brokers overshoot by an append at most. */
  const held = new Map<number, number>();

  const heldBytes = async (shard: number): Promise<number> => {
    const [appended, trimmed] = await redis.hmget(sizeKey(shard), 'appended', 'trimmed');
    return Number(appended ?? 0) - Number(trimmed ?? 0);
  };

  /** Asks again about the shards that were full: ingest may have made room. */
  const refreshFull = async (entries: readonly ShardEntry[]): Promise<void> => {
    for (const shard of new Set(entries.map((entry) => entry.shard))) {
      if ((held.get(shard) ?? 0) >= maxShardBytes) held.set(shard, await heldBytes(shard));
    }
  };

  /** @throws when Redis refused for a reason that will not pass by itself */
  const isAdded = ({ shard }: ShardEntry, replies: [Error | null, unknown][]): boolean => {
    for (const [error] of replies) {
      // Redis that is loading or out of memory is a log that takes nothing for now.
      if (error && PASSING_ERRORS.test(error.message)) return false;
      if (error) throw error;
    }
    if (replies.length !== 3) throw new Error('the log did not answer an append');
    held.set(shard, Number(replies[0]![1]) - Number(replies[1]![1] ?? 0));
    return true;
  };

  return {
    shardCount,

    async append(entries: readonly ShardEntry[]): Promise<AppendOutcome[]> {
      await refreshFull(entries);
      const taken = entries.filter(({ shard }) => (held.get(shard) ?? 0) < maxShardBytes);
      const pipeline = redis.pipeline();
      for (const { shard, bytes } of taken) {
        pipeline
          .hincrby(sizeKey(shard), 'appended', bytes.length)
          .hget(sizeKey(shard), 'trimmed')
          .xadd(streamKey(shard), '*', 'b', bytes);
      }
      const replies = taken.length === 0 ? [] : ((await pipeline.exec()) ?? []);
      const durable = new Set(
        taken.filter((entry, index) => isAdded(entry, replies.slice(index * 3, index * 3 + 3))),
      );
      return entries.map((entry) => (durable.has(entry) ? 'durable' : 'full'));
    },

    async read(
      after: ReadonlyMap<number, Mark>,
      { maxEntriesPerShard, waitMs }: ReadOptions,
    ): Promise<LogEntry[]> {
      if (!blockingRedis) throw new Error('this log was opened for appending only');
      const shards = [...after.keys()];
      const reply = await blockingRedis.xreadBuffer(
        'COUNT',
        maxEntriesPerShard,
        'BLOCK',
        waitMs,
        'STREAMS',
        ...shards.map(streamKey),
        ...shards.map((shard) => streamId(after.get(shard) ?? BEFORE_EVERYTHING)),
      );
      if (reply === null) return [];
      return reply.flatMap(([key, entries]) => {
        const shard = shardOfKey(key.toString('latin1'));
        let total = bytesUpTo(after.get(shard) ?? BEFORE_EVERYTHING);
        return entries.map(([id, fields]) => {
          const bytes = fields[1];
          if (!bytes)
            throw new Error(`entry ${id.toString()} of shard ${shard} is not one of the uplink log`);
          total += bytes.length;
          return { shard, mark: `${id.toString('latin1')}/${total}`, bytes };
        });
      });
    },

    async trim(upTo: ReadonlyMap<number, Mark>): Promise<void> {
      const pipeline = redis.pipeline() as ReturnType<Redis['pipeline']> & ScriptedPipeline;
      for (const [shard, mark] of upTo) {
        if (mark === BEFORE_EVERYTHING) continue;
        const [id, total] = mark.split('/') as [string, string];
        pipeline.uplinkTrim(streamKey(shard), sizeKey(shard), nextId(id), total);
      }
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    },

    heldBytes,
  };
}

interface ScriptedPipeline {
  uplinkTrim(stream: string, size: string, minId: string, total: string): void;
}

// The braces keep the keys of a shard in one slot of a Redis cluster.
const streamKey = (shard: number): string => `{uplink:${shard}}`;
const sizeKey = (shard: number): string => `{uplink:${shard}}:size`;
const shardOfKey = (key: string): number => Number(key.slice('{uplink:'.length, -1));

/** The stream id of a mark, which is `<stream id>/<bytes of the shard up to and with it>`. */
const streamId = (mark: Mark): string =>
  mark === BEFORE_EVERYTHING ? '0' : mark.slice(0, mark.indexOf('/'));

/** The bytes of the shard up to and with a mark, which is how a trim knows what it frees. */
const bytesUpTo = (mark: Mark): number =>
  mark === BEFORE_EVERYTHING ? 0 : Number(mark.slice(mark.indexOf('/') + 1));

/** The id that follows, because XTRIM MINID keeps the id it is given. */
function nextId(id: string): string {
  const [milliseconds, sequence] = id.split('-') as [string, string];
  return `${milliseconds}-${BigInt(sequence) + 1n}`;
}
