import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import { shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { type Batch, BatchBuilder } from './batch.ts';
import { MIN_BATCH_ROWS, nextBatchRows } from './batch-size.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CheckpointTracker } from './checkpoint-tracker.ts';
import { EntryBuffer } from './entry-buffer.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { KnownDevices } from './known-devices.ts';
import { FencedError, type ShardLease } from './store.ts';
import type { Tenure } from './tenure.ts';
import type { WriteBatch, WriteOutcome } from './write-batch.ts';

/** Read ahead of what is being stored. */
const MAX_BUFFERED_BYTES = 4 * 1_024 * 1_024;
/** Of the log in one transaction: what is quarantined or merged takes time and memory, yet adds no row. */
const MAX_BATCH_BYTES = 4 * 1_024 * 1_024;
const MAX_ENTRIES_PER_SHARD_AND_READ = 8;
const READ_WAIT_MS = 500;
/** Between two reads while there is little to read: a read costs the same for one entry as for a hundred. */
const MIN_READ_INTERVAL_MS = 5;
const LITTLE_READ_BYTES = 64 * 1_024;
/** Between the starts of two transactions while there is little to store. */
const MIN_BATCH_INTERVAL_MS = 20;
const RETRY_MS = 250;
/** After a shard was taken, what its last holder may have stored already. */
const REPLAY_MARGIN_MS = 2_000;

export interface WorkerParts {
  log: Log;
  uplink: UplinkLog;
  adapters: Adapters;
  known: KnownDevices;
  write: WriteBatch;
  publish: (outcome: WriteOutcome) => void;
  /** Finds out which leases are still held, after one proved not to be. */
  verifyLeases: () => Promise<void>;
  /** Ends the read under way, as nobody waits for it any more; nothing is read after it. */
  interruptRead: () => void;
  metrics: IngestMetrics;
}

/**
 * Takes the shards that it holds from the log to the database. Reading runs ahead of storing
 * within a bound, and the next batch is decoded while the last one commits.
 */
export class IngestWorker {
  #parts: WorkerParts;
  #tenures = new Map<number, Tenure>();
  #buffer = new EntryBuffer<Tenure>(MAX_BUFFERED_BYTES);
  #checkpoints = new CheckpointTracker();
  #trimming: Promise<void> = Promise.resolve();
  #stopping = false;
  #storing: Promise<void> = Promise.resolve();
  #batchRows = MIN_BATCH_ROWS;
  #bytesPerRow = 256;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  start(): void {
    void this.#readLoop();
    this.#storing = this.#storeLoop();
  }

  /** Stores what was read, with a last checkpoint. Does not wait for the read under way: a blocked one may never end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#buffer.close();
    this.#parts.interruptRead();
    await this.#storing;
    await this.#trimming;
  }

  acquired(lease: ShardLease): void {
    // One still thought held has gone unnoticed, and what was read under it is fenced off.
    this.lost(lease.shard);
    const replayUntilMs = Date.now() + REPLAY_MARGIN_MS;
    this.#tenures.set(lease.shard, { lease, readUpTo: lease.checkpoint, replayUntilMs, isHeld: true });
    this.#buffer.wake();
  }

  lost(shard: number): void {
    const tenure = this.#tenures.get(shard);
    if (tenure) tenure.isHeld = false;
    this.#tenures.delete(shard);
    this.#parts.known.forgetShard(shard);
    this.#checkpoints.forget((deviceId) => this.#shardOf(deviceId) === shard);
  }

  async #readLoop(): Promise<void> {
    const { uplink, log } = this.#parts;
    while (await this.#buffer.untilRoom(() => this.#tenures.size > 0)) {
      const tenures = new Map(this.#tenures);
      const after = new Map([...tenures].map(([shard, { readUpTo }]) => [shard, readUpTo]));
      try {
        const options = { maxEntriesPerShard: MAX_ENTRIES_PER_SHARD_AND_READ, waitMs: READ_WAIT_MS };
        let bytes = 0;
        for (const entry of await uplink.read(after, options)) {
          const tenure = tenures.get(entry.shard)!;
          tenure.readUpTo = entry.mark;
          this.#buffer.push(tenure, entry);
          bytes += entry.bytes.length;
        }
        if (bytes < LITTLE_READ_BYTES) await sleep(MIN_READ_INTERVAL_MS);
      } catch (error) {
        if (this.#stopping) return;
        log.warn({ err: error }, 'the uplink log cannot be read; trying again');
        await sleep(RETRY_MS);
      }
    }
  }

  async #storeLoop(): Promise<void> {
    let storing: Promise<void> = Promise.resolve();
    let startedAtMs = 0;
    while (await this.#buffer.untilFilled()) {
      // A batch that would not be full waits for the transaction under way, and grows meanwhile.
      if (this.#buffer.bytes < this.#batchRows * this.#bytesPerRow) await storing;
      const sinceLastMs = performance.now() - startedAtMs;
      if (sinceLastMs < MIN_BATCH_INTERVAL_MS) await sleep(MIN_BATCH_INTERVAL_MS - sinceLastMs);
      const batch = await this.#nextBatch();
      await storing;
      startedAtMs = performance.now();
      storing = this.#store(batch);
    }
    await storing;
  }

  /** Decodes entry by entry, with a turn of the event loop in between for the transaction under way. */
  async #nextBatch(): Promise<Batch> {
    const builder = new BatchBuilder(this.#parts.adapters);
    let bytes = 0;
    while (builder.itemCount < this.#batchRows && bytes < MAX_BATCH_BYTES) {
      const next = this.#buffer.shift();
      if (!next) break;
      if (!next.tenure.isHeld) continue;
      bytes += next.entry.bytes.length;
      builder.add(next.entry, next.tenure, Date.now() < next.tenure.replayUntilMs);
      await nextTurn();
    }
    if (builder.itemCount > 0) this.#bytesPerRow = bytes / builder.itemCount;
    return builder.batch;
  }

  /** Stores a batch however long it takes; while it cannot, nothing else is read or trimmed. */
  async #store(batch: Batch): Promise<void> {
    const { log, publish, metrics } = this.#parts;
    this.#checkpoints.add(batch.marks);
    const startedAtMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      // What another worker has taken over is its to store: the marks have not moved past it.
      const isHeld = this.#heldBy(batch);
      batch.rows = batch.rows.filter(isHeld);
      batch.refused = batch.refused.filter(isHeld);
      const point = this.#checkpoints.due(performance.now(), this.#buffer.isEmpty);
      const held = [...batch.marks.keys()].filter(({ isHeld }) => isHeld).map(({ lease }) => lease);
      try {
        const outcome = await this.#parts.write(batch, held, point);
        const tookMs = performance.now() - startedAtMs;
        this.#batchRows = nextBatchRows(this.#batchRows, { rows: batch.rows.length, tookMs });
        metrics.stored(batch, outcome, tookMs);
        for (const { deviceId, error } of outcome.failed)
          log.error({ err: error, deviceId }, 'rules failed; a job tries them again');
        if (point) this.#checkpointed(point);
        // A shard may have gone meanwhile.
        else this.#checkpoints.stored(outcome.latest.filter(this.#heldBy(batch)));
        return publish(outcome);
      } catch (error) {
        if (error instanceof FencedError) await this.#verifyLeases();
        else
          log.error({ err: error, rows: batch.rows.length, attempt }, 'a batch was not stored; trying again');
        if (this.#stopping && attempt > 3) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  /** Whether a device is of a shard that is held under the tenure in which the batch was read. */
  #heldBy({ marks }: Batch): (device: { deviceId: number }) => boolean {
    const shards = new Set([...marks.keys()].filter(({ isHeld }) => isHeld).map(({ lease }) => lease.shard));
    return ({ deviceId }) => shards.has(this.#shardOf(deviceId));
  }

  #shardOf(deviceId: number): number {
    return shardOf(deviceId, this.#parts.uplink.shardCount);
  }

  async #verifyLeases(): Promise<void> {
    try {
      await this.#parts.verifyLeases();
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'leases could not be verified; trying again with the batch');
    }
  }

  #checkpointed(point: Checkpoint): void {
    this.#checkpoints.made(performance.now());
    const marks = new Map(point.reached.map(({ shard, checkpoint }) => [shard, checkpoint]));
    // Not waited for: what is trimmed late is only held a moment longer.
    this.#trimming = this.#trimming
      .then(() => this.#parts.uplink.trim(marks))
      .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'the uplink log was not trimmed'));
  }
}
