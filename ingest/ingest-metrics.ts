import type { Metrics } from '@wayleave/runtime/metrics.ts';
import { doubtsOf } from '@wayleave/telematics/positions/quality/doubts.ts';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Batch } from './batch.ts';
import type { WriteOutcome } from './write-batch.ts';

export interface IngestMetrics {
  stored(batch: Batch, outcome: WriteOutcome, tookMs: number): void;
}

export function createIngestMetrics(registry: Metrics, heldShards: () => number): IngestMetrics {
  const registers = [registry];
  const positions = new Counter({
    name: 'wayleave_ingest_positions_total',
    help: 'Positions handed to the database, by whether they came in order or among stored ones',
    labelNames: ['way'],
    registers,
  });
  const doubtful = new Counter({
    name: 'wayleave_ingest_doubtful_total',
    help: 'Positions stored as doubtful, by what speaks against them',
    labelNames: ['doubt'],
    registers,
  });
  const revised = new Counter({
    name: 'wayleave_ingest_revised_total',
    help: 'Stored positions whose verdict or distance changed because of another',
    registers,
  });
  const events = new Counter({
    name: 'wayleave_ingest_events_total',
    help: 'Changes of events by rules that ran on fixes in order, by what became of the event',
    labelNames: ['change'],
    registers,
  });
  const replays = new Counter({
    name: 'wayleave_ingest_rule_replays_total',
    help: 'Devices left to the job that runs rules again, each time that something changed',
    registers,
  });
  const failed = new Counter({
    name: 'wayleave_ingest_rules_failed_total',
    help: 'Devices whose rules failed',
    registers,
  });
  const quarantined = new Counter({
    name: 'wayleave_ingest_quarantined_total',
    help: 'Messages and items that are no position, by reason',
    labelNames: ['reason'],
    registers,
  });
  const batches = new Histogram({
    name: 'wayleave_ingest_batch_seconds',
    help: 'One transaction',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const batchRows = new Histogram({
    name: 'wayleave_ingest_batch_rows',
    help: 'Positions in one transaction',
    buckets: [1, 10, 100, 500, 1_000, 2_000, 4_000, 6_000, 10_000],
    registers,
  });
  const lag = new Gauge({
    name: 'wayleave_ingest_lag_seconds',
    help: 'From the broker to the database, of the last position stored',
    registers,
  });
  new Gauge({
    name: 'wayleave_ingest_shards',
    help: 'Shards that this worker holds',
    registers,
    collect() {
      this.set(heldShards());
    },
  });
  return {
    stored: (batch, outcome, tookMs) => {
      positions.inc({ way: 'in_order' }, outcome.added);
      positions.inc({ way: 'placed' }, outcome.put);
      revised.inc(outcome.revised);
      for (const { verdict } of batch.rows) {
        if (verdict.doubts !== 0) for (const doubt of doubtsOf(verdict.doubts)) doubtful.inc({ doubt });
      }
      for (const { change } of outcome.events) events.inc({ change });
      replays.inc(outcome.replays);
      failed.inc(outcome.failed.length);
      for (const { reason } of batch.quarantined) quarantined.inc({ reason });
      batches.observe(tookMs / 1_000);
      batchRows.observe(batch.rows.length);
      const last = batch.rows.at(-1);
      if (last) lag.set((Date.now() - last.position.receivedAtMs) / 1_000);
    },
  };
}
