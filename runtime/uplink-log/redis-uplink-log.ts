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
 * Appends unless the shard is full, and keeps the running total of bytes in the entry itself.
 * The bytes held are then a difference of two totals, exact whoever crashed in between, and the
 * limit holds for any number of brokers because it is checked where the append happens.
 */
const APPEND = `
local size = redis.call('HMGET', KEYS[2], 'appended', 'trimmed')
local appended = tonumber(size[1]) or 0
if appended - (tonumber(size[2]) or 0) >= tonumber(ARGV[2]) then return false end
appended = redis.call('HINCRBY', KEYS[2], 'appended', #ARGV[1])
return redis.call('XADD', KEYS[1], '*', 't', string.format('%.0f', appended), 'b', ARGV[1])`;

/** Trims exactly, and moves the trimmed total forward only: a repeated trim changes nothing. */
const TRIM = `
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
local trimmed = tonumber(redis.call('HGET', KEYS[2], 'trimmed')) or 0
if tonumber(ARGV[2]) > trimmed then redis.call('HSET', KEYS[2], 'trimmed', ARGV[2]) end
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
  redis.defineCommand('uplinkAppend', { numberOfKeys: 2, lua: APPEND });
  redis.defineCommand('uplinkTrim', { numberOfKeys: 2, lua: TRIM });

  return {
    shardCount,

    async append(entries: readonly ShardEntry[]): Promise<AppendOutcome[]> {
      const pipeline = redis.pipeline() as ReturnType<Redis['pipeline']> & ScriptedPipeline;
      for (const { shard, bytes } of entries) {
        pipeline.uplinkAppend(streamKey(shard), sizeKey(shard), bytes, maxShardBytes);
      }
      const replies = (await pipeline.exec()) ?? [];
      return entries.map((_, index) => {
        const [error, id] = replies[index] ?? [new Error('no reply from the log'), null];
        if (!error) return id === null ? 'full' : 'durable';
        // Redis that is loading or out of memory is a log that takes nothing for now.
        if (PASSING_ERRORS.test(error.message)) return 'full';
        throw error;
      });
    },

    async read(after: ReadonlyMap<number, Mark>, { maxEntriesPerShard, waitMs }: ReadOptions): Promise<LogEntry[]> {
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
        return entries.map(([id, fields]) => entryOf(shard, id, fields));
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

    async heldBytes(shard: number): Promise<number> {
      const [appended, trimmed] = await redis.hmget(sizeKey(shard), 'appended', 'trimmed');
      return Number(appended ?? 0) - Number(trimmed ?? 0);
    },
  };
}

interface ScriptedPipeline {
  uplinkAppend(stream: string, size: string, bytes: Buffer, maxBytes: number): void;
  uplinkTrim(stream: string, size: string, minId: string, total: string): void;
}

// The braces keep the keys of a shard in one slot of a Redis cluster.
const streamKey = (shard: number): string => `{uplink:${shard}}`;
const sizeKey = (shard: number): string => `{uplink:${shard}}:size`;
const shardOfKey = (key: string): number => Number(key.slice('{uplink:'.length, -1));

/** The stream id of a mark, which is `<stream id>/<bytes appended up to and with it>`. */
const streamId = (mark: Mark): string => (mark === BEFORE_EVERYTHING ? '0' : mark.slice(0, mark.indexOf('/')));

/** The id that follows, because XTRIM MINID keeps the id it is given. */
function nextId(id: string): string {
  const [milliseconds, sequence] = id.split('-') as [string, string];
  return `${milliseconds}-${BigInt(sequence) + 1n}`;
}

function entryOf(shard: number, id: Buffer, fields: Buffer[]): LogEntry {
  const [, total, , bytes] = fields;
  if (!total || !bytes) throw new Error(`entry ${id.toString()} of shard ${shard} is not one of the uplink log`);
  return { shard, mark: `${id.toString('latin1')}/${total.toString('latin1')}`, bytes };
}
