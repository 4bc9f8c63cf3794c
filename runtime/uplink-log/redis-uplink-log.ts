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
 * empty stream holds nothing, whatever the totals say: that is where a count comes right again
 * that a crash, or appends counted after they were trimmed, left wrong.
 */
const TRIM = `
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
if redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[2], 'appended', ARGV[2], 'trimmed', ARGV[2])
elseif tonumber(ARGV[2]) > (tonumber(redis.call('HGET', KEYS[2], 'trimmed')) or 0) then
  redis.call('HSET', KEYS[2], 'trimmed', ARGV[2])
end
return redis.status_reply('OK')`;

/** Starts of what Redis answers when a write cannot be taken now but may be later. */
const PASSING_ERRORS = /^(LOADING|BUSY|MASTERDOWN|READONLY|MISCONF|OOM)/;

const COUNT_INTERVAL_MS = 50;

export interface RedisUplinkLogOptions {
  /** For appending and trimming. */
  redis: Redis;
  /** A connection of its own, since a waiting read blocks it; absent where nothing is read. */
  blockingRedis?: Redis;
  shardCount: number;
  /** Bytes that the whole log may hold, split evenly over its shards. */
  maxBytes: number;
  /** How often what was appended is added to the counts, and the limit checked; 50 ms unless given. */
  countIntervalMs?: number;
}

/**
 * The uplink log on Redis Streams. Durable means fsynced when Redis runs with `appendfsync
 * always`: Redis flushes its append-only file before it answers a pipeline.
 */
export function createRedisUplinkLog(options: RedisUplinkLogOptions): UplinkLog {
  const { redis, blockingRedis, shardCount, countIntervalMs = COUNT_INTERVAL_MS } = options;
  const maxShardBytes = Math.ceil(options.maxBytes / shardCount);
  redis.defineCommand('uplinkTrim', { numberOfKeys: 2, lua: TRIM });

  /** Bytes held by each shard when it was last heard of. */
  const held = new Map<number, number>();
  /** Bytes appended to each shard and not yet added to its count. */
  const uncounted = new Map<number, number>();
  let countedAtMs = Number.NEGATIVE_INFINITY;

  const heldBytes = async (shard: number): Promise<number> => {
    const [appended, trimmed] = await redis.hmget(sizeKey(shard), 'appended', 'trimmed');
    return Number(appended ?? 0) - Number(trimmed ?? 0);
  };

  /**
   * Adds to the counts what was appended, and asks what is held, within the pipeline of an append.
   * Not with every one, as it costs as much as the append: the limit may be overshot by what comes
   * in one interval.
   * @returns what to do with the replies from `at` on
   */
  const count = (pipeline: Pipeline, at: number): ((replies: Reply[]) => void) => {
    if (performance.now() - countedAtMs < countIntervalMs) return () => {};
    countedAtMs = performance.now();
    const counted = [...uncounted];
    uncounted.clear();
    for (const [shard, bytes] of counted) {
      pipeline.hincrby(sizeKey(shard), 'appended', bytes).hget(sizeKey(shard), 'trimmed');
    }
    return (replies) => {
      for (const [index, [shard, bytes]] of counted.entries()) {
        const [error, appended] = replies[at + index * 2] ?? [new Error('no reply'), null];
        if (error) addUncounted(shard, bytes);
        else held.set(shard, Number(appended) - Number(replies[at + index * 2 + 1]?.[1] ?? 0));
      }
    };
  };

  const addUncounted = (shard: number, bytes: number): void => {
    uncounted.set(shard, (uncounted.get(shard) ?? 0) + bytes);
  };

  /** Asks again about the shards that were full: ingest may have made room. */
  const refreshFull = async (entries: readonly ShardEntry[]): Promise<void> => {
    for (const shard of new Set(entries.map((entry) => entry.shard))) {
      if ((held.get(shard) ?? 0) < maxShardBytes) continue;
      // An empty stream holds nothing, whatever its totals say: nobody would ever trim it again.
      held.set(shard, (await redis.xlen(streamKey(shard))) === 0 ? 0 : await heldBytes(shard));
    }
  };

  return {
    shardCount,

    async append(entries: readonly ShardEntry[]): Promise<AppendOutcome[]> {
      await refreshFull(entries);
      const taken = entries.filter(({ shard }) => (held.get(shard) ?? 0) < maxShardBytes);
      if (taken.length === 0) return entries.map(() => 'full');
      const pipeline = redis.pipeline();
      for (const { shard, bytes } of taken) {
        pipeline.xadd(streamKey(shard), '*', 'b', bytes);
        addUncounted(shard, bytes.length);
      }
      const hear = count(pipeline, taken.length);
      const replies = (await pipeline.exec()) ?? [];
      hear(replies);
      const durable = new Set(taken.filter((_, index) => isAdded(replies[index])));
      // What was not added after all is taken off again.
      for (const entry of taken) if (!durable.has(entry)) addUncounted(entry.shard, -entry.bytes.length);
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
      const pipeline = redis.pipeline() as Pipeline & ScriptedPipeline;
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

type Pipeline = ReturnType<Redis['pipeline']>;
type Reply = [error: Error | null, result: unknown];

/** @throws when Redis refused for a reason that will not pass by itself */
function isAdded(reply: Reply | undefined): boolean {
  if (!reply) throw new Error('the log did not answer an append');
  const [error] = reply;
  // Redis that is loading or out of memory is a log that takes nothing for now.
  if (error && !PASSING_ERRORS.test(error.message)) throw error;
  return error === null;
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
