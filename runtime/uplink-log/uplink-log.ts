/**
 * The durable log between the broker and ingest: sharded by device, append-only, read from a
 * mark, trimmed behind it. This is all that the two doors know of it, so that Kafka can stand
 * where Redis Streams stand now.
 */
export interface UplinkLog {
  readonly shardCount: number;

  /**
   * Appends each entry to its shard, in order. Resolves once all that was taken is on disk.
   * @returns for each entry `durable`, or `full` when its shard holds all it may: try it again later
   * @throws when the log cannot be reached; nothing is known then, and an entry may yet appear
   */
  append(entries: readonly ShardEntry[]): Promise<AppendOutcome[]>;

  /**
   * Reads what follows the given marks, waiting up to `waitMs` when there is nothing.
   * Entries of one shard come in order.
   */
  read(after: ReadonlyMap<number, Mark>, options: ReadOptions): Promise<LogEntry[]>;

  /** Drops everything up to and including the marks. */
  trim(upTo: ReadonlyMap<number, Mark>): Promise<void>;

  /** Bytes that a shard holds, trimmed ones left out. */
  heldBytes(shard: number): Promise<number>;
}

/** A place in a shard, opaque to all but the log that made it; the empty one is before everything. */
export type Mark = string;
export const BEFORE_EVERYTHING: Mark = '';

export interface ShardEntry {
  shard: number;
  bytes: Buffer;
}

export type AppendOutcome = 'durable' | 'full';

export interface LogEntry {
  shard: number;
  mark: Mark;
  bytes: Buffer;
}

export interface ReadOptions {
  maxEntriesPerShard: number;
  waitMs: number;
}

/** The shard of a device: every message of a device goes to the same one. */
export function shardOf(deviceId: number, shardCount: number): number {
  return deviceId % shardCount;
}
