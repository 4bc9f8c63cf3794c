import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import { claimUnsent, markSent, type OutboxRow } from '@wayleave/runtime/outbox/store.ts';
import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';

const MAX_ROWS_PER_ROUND = 500;
/** While the outbox is empty, the longest that a message waits here. */
const IDLE_MS = 200;
const RETRY_MS = 1_000;

/** Hands rows of one queue over; resolves once the queue has them all. */
export type HandOver = (queue: string, rows: readonly OutboxRow[]) => Promise<void>;

export interface OutboxRelay {
  close(): Promise<void>;
}

/**
 * Moves what was committed to the outbox into the queues. Rows stay locked until they are both
 * handed over and marked, so any number of relays share the work, and a crash in between hands
 * the same rows over again under the same job ids.
 */
export function startOutboxRelay(options: {
  pool: Pool;
  handOver: HandOver;
  log: Log;
  onRelayed: (rows: number) => void;
}): OutboxRelay {
  const { pool, handOver, log, onRelayed } = options;
  let closing = false;

  const round = async (): Promise<number> =>
    await inTransaction(pool, async (connection) => {
      const rows = await claimUnsent(connection, MAX_ROWS_PER_ROUND);
      for (const [queue, ofQueue] of Map.groupBy(rows, (row) => row.queue)) await handOver(queue, ofQueue);
      if (rows.length > 0) {
        await markSent(
          connection,
          rows.map((row) => row.id),
        );
      }
      return rows.length;
    });

  const run = async (): Promise<void> => {
    while (!closing) {
      try {
        const relayed = await round();
        onRelayed(relayed);
        if (relayed < MAX_ROWS_PER_ROUND) await sleep(IDLE_MS);
      } catch (error) {
        log.warn({ err: error }, 'the outbox was not relayed; trying again');
        await sleep(RETRY_MS);
      }
    }
  };

  const running = run();
  return {
    close: async () => {
      closing = true;
      await running;
    },
  };
}
