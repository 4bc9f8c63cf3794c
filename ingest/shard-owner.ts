import type { Log } from '@wayleave/runtime/log.ts';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import { acquire, addShards, heartbeat, release, renew, retire, type ShardLease } from './store.ts';

/** A worker that has not been heard of for this long has lost its shards. */
const LEASE_S = 5;
const RENEW_INTERVAL_MS = 1_000;

export interface ShardOwner {
  /** The leases held now, by shard. */
  held: ReadonlyMap<number, ShardLease>;
  /** Asks now which leases are still held, and gives up the others. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Holds this worker's fair share of the shards: takes those that nobody holds, keeps them while
 * it lives, and gives some back when a new worker appears.
 */
export async function ownShards(options: {
  pool: Pool;
  worker: string;
  shardCount: number;
  log: Log;
  onAcquired: (lease: ShardLease) => void;
  onLost: (shard: number) => void;
}): Promise<ShardOwner> {
  const { pool, worker, log, onAcquired, onLost } = options;
  const held = new Map<number, ShardLease>();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const drop = (shard: number): void => {
    if (held.delete(shard)) onLost(shard);
  };

  const keep = async (): Promise<void> => {
    if (closed) return;
    const share = await heartbeat(pool, worker, LEASE_S);
    const still = await renew(pool, worker, [...held.values()], LEASE_S);
    for (const shard of held.keys()) {
      if (still.has(shard)) continue;
      log.warn({ shard }, 'another worker has taken the shard');
      drop(shard);
    }
    const surplus = [...held.values()].slice(share);
    for (const { shard } of surplus) drop(shard);
    await release(pool, surplus);
    if (held.size >= share) return;
    for (const lease of await acquire(pool, worker, share - held.size, LEASE_S)) {
      held.set(lease.shard, lease);
      onAcquired(lease);
    }
  };

  /** One round after another: two at once would each act on what the other is changing. */
  const keepInTurn = (): Promise<void> => {
    const mine = round.then(keep);
    round = mine.catch(() => {});
    return mine;
  };

  const schedule = (): void => {
    timer = setTimeout(() => {
      keepInTurn()
        .catch((error: unknown) => log.warn({ err: error }, 'leases could not be renewed'))
        .finally(() => {
          if (!closed) schedule();
        });
    }, RENEW_INTERVAL_MS);
  };

  await addShards(pool, options.shardCount);
  await keepInTurn();
  schedule();
  return {
    held,
    verify: keepInTurn,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await round;
      await release(pool, [...held.values()]);
      await retire(pool, worker);
    },
  };
}
