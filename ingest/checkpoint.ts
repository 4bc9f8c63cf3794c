import type { StoredPosition } from '@wayleave/telematics/positions/stored-position.ts';
import type { ShardLease } from './store.ts';

/** What moves in one transaction: the marks, and everything that must be true up to them. */
export interface Checkpoint {
  /** The leases with the marks that they have come to. */
  reached: ShardLease[];
  /** The newest position of each device since the last checkpoint. */
  latest: ReadonlyMap<number, StoredPosition>;
  /** One of them may be of an instant that is stored already. */
  latestMayRepeat: boolean;
}
