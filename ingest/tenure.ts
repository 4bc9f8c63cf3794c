import type { Mark } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import type { ShardLease } from './store.ts';

/** A worker's time with one shard; a shard that is lost and taken again begins a new one. */
export interface Tenure {
  lease: ShardLease;
  readUpTo: Mark;
  /** Until then what is read may have been stored by the shard's last holder. */
  replayUntilMs: number;
  isHeld: boolean;
}
