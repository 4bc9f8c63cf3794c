import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import type { ShardEntry, UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { shardOf } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { EntryPacker, type UplinkMessage } from '@wayleave/runtime/uplink-log/uplink-record.ts';

/** Between the starts of two appends: shorter ones cost the log more than they save in waiting. */
const MIN_FLUSH_INTERVAL_MS = 3;
/** An entry is closed once it is this long: a reader decodes one without a pause. */
const MAX_ENTRY_BYTES = 16 * 1_024;
/** Before a full shard, or a log that failed, is tried again. */
const RETRY_MS = 25;

/** Called once the message is on disk. */
export type Durable = () => void;

/** Packed messages of one shard and who waits for them, in the order in which they came. */
interface Batch {
  shard: number;
  packer: EntryPacker;
  waiting: Durable[];
}

export interface UplinkWriterFigures {
  /** Messages that are on disk. */
  messages: number;
  appends: number;
  entries: number;
  fullShards: number;
}

/**
 * Gathers messages per shard and appends all shards at once, one append under way at a time:
 * while one waits for the disk, the next gathers. A message's `durable` is called in the order
 * in which the messages of its shard were given, so a client's acknowledgements keep theirs.
 */
export class UplinkWriter {
  readonly figures: UplinkWriterFigures = { messages: 0, appends: 0, entries: 0, fullShards: 0 };
  #log: UplinkLog;
  #events: Log;
  /** Per shard: entries to append, the last one still open. */
  #queues: Batch[][];
  #spare: EntryPacker[] = [];
  #running: Promise<void> | null = null;
  #lastFlushAtMs = 0;
  #onFlushed: (tookMs: number) => void;
  #closing = false;

  constructor(log: UplinkLog, events: Log, onFlushed: (tookMs: number) => void) {
    this.#log = log;
    this.#events = events;
    this.#onFlushed = onFlushed;
    this.#queues = Array.from({ length: log.shardCount }, () => []);
  }

  accept(message: UplinkMessage, durable: Durable): void {
    const shard = shardOf(message.deviceId, this.#log.shardCount);
    const queue = this.#queues[shard]!;
    let batch = queue.at(-1);
    if (!batch || batch.packer.byteLength >= MAX_ENTRY_BYTES) {
      batch = { shard, packer: this.#spare.pop() ?? new EntryPacker(), waiting: [] };
      queue.push(batch);
    }
    batch.packer.add(message);
    batch.waiting.push(durable);
    this.#running ??= this.#run();
  }

  /** Gives what is gathered one more chance to reach the log, then stops trying. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queues.some((queue) => queue.length > 0)) {
      const sinceLastMs = performance.now() - this.#lastFlushAtMs;
      if (sinceLastMs < MIN_FLUSH_INTERVAL_MS) await sleep(MIN_FLUSH_INTERVAL_MS - sinceLastMs);
      this.#lastFlushAtMs = performance.now();
      const allTaken = await this.#flush();
      if (allTaken) continue;
      if (this.#closing) break;
      await sleep(RETRY_MS);
    }
    this.#running = null;
  }

  /** Appends what is gathered now; false when some of it has to be tried again. */
  async #flush(): Promise<boolean> {
    const batches = this.#queues.flat();
    this.#queues = this.#queues.map(() => []);
    const entries: ShardEntry[] = batches.map(({ shard, packer }) => ({ shard, bytes: packer.entry() }));
    const startedAtMs = performance.now();
    const refused: Batch[] = [];
    const refusing = new Set<number>();
    try {
      const outcomes = await this.#log.append(entries);
      this.#onFlushed(performance.now() - startedAtMs);
      this.figures.appends += 1;
      for (const [index, batch] of batches.entries()) {
        // Once an entry of a shard is refused, the later ones of that shard go again too, taken
        // or not: acknowledgements keep their order, and storing one twice is harmless.
        if (outcomes[index] === 'durable' && !refusing.has(batch.shard)) {
          this.#release(batch);
        } else {
          refusing.add(batch.shard);
          refused.push(batch);
        }
      }
    } catch (error) {
      // What became of them is unknown; storing one twice is harmless, losing one is not.
      this.#events.error({ err: error }, 'the uplink log did not answer; trying again');
      refused.push(...batches);
    }
    for (const batch of refused.reverse()) this.#queues[batch.shard]!.unshift(batch);
    this.figures.fullShards = refusing.size;
    return refused.length === 0;
  }

  #release({ packer, waiting }: Batch): void {
    this.figures.entries += 1;
    this.figures.messages += waiting.length;
    packer.clear();
    if (this.#spare.length < this.#log.shardCount * 2) this.#spare.push(packer);
    for (const durable of waiting) durable();
  }
}
