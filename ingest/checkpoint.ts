import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
import type { ShardLease } from './store.ts';

/** What moves in one transaction: the marks, and everything that must be true up to them. */
export interface Checkpoint {
  /** The leases with the marks that they have come to. */
  reached: ShardLease[];
  /** What the batches since the last checkpoint made of each of their devices, the one being stored left out. */
  latest: ReadonlyMap<number, LatestOfDevice>;
}
