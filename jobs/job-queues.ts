import type { OutboxRow } from '@wayleave/runtime/outbox/store.ts';
import { createQueue } from '@wayleave/runtime/queues.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import type { Queue } from 'bullmq';

export interface JobQueues {
  handOver(queue: string, rows: readonly OutboxRow[]): Promise<void>;
  close(): Promise<void>;
}

/** The queues that outbox rows name, opened when the first row for one comes. */
export function openJobQueues(redis: Redis): JobQueues {
  const queues = new Map<string, Queue>();
  return {
    async handOver(name, rows) {
      let queue = queues.get(name);
      if (!queue) {
        queue = createQueue(name, redis);
        queues.set(name, queue);
      }
      await queue.addBulk(
        rows.map((row) => ({ name: row.name, data: row.payload, opts: { jobId: jobIdOf(row.key) } })),
      );
    },
    async close() {
      for (const queue of queues.values()) await queue.close();
    },
  };
}

/** BullMQ keeps the colon for itself; two keys never become one id. */
function jobIdOf(key: string): string {
  return key.replaceAll('%', '%25').replaceAll(':', '%3A');
}
