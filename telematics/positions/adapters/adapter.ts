import type { Position } from '../position.ts';

/**
 * What turns a tracker's bytes into canonical positions. An adapter never guesses a unit and
 * never throws: what it cannot read, it refuses with a reason.
 */
export interface Adapter {
  /** Stable name of the format. */
  name: string;
  /** Whether messages on this topic are in this format. */
  reads(topic: string): boolean;
  decode(payload: Buffer, receivedAtMs: number): Decoded;
}

export interface Decoded {
  positions: Position[];
  refusals: Refusal[];
}

/** Why something in a message is not a position; the operator reads both fields. */
export interface Refusal {
  reason: RefusalReason;
  /** What exactly is wrong, e.g. `lat is 91, not between -90 and 90`. */
  detail: string;
  /** Place in the message's list, 0 for a message that is no list. */
  item: number;
  /** The refused item's own bytes; absent when it is the whole message. */
  payload?: Buffer;
}

export type RefusalReason =
  /** No adapter reads this topic. */
  | 'unknown_topic'
  /** The bytes are not in the format of the topic. */
  | 'malformed'
  /** More positions in one message than `MAX_POSITIONS_PER_MESSAGE`. */
  | 'too_many_positions'
  /** `time`, `lat` or `lon` is missing. */
  | 'missing_field'
  /** A field is of the wrong type or outside what it can mean. */
  | 'invalid_field'
  /** The fix time cannot be: long before or after it was received. */
  | 'time_out_of_range'
  /** PostgreSQL would not take it, for a reason that no check above knows. */
  | 'refused_by_database';

/** A tracker that replays hours sends more messages, not longer ones. */
export const MAX_POSITIONS_PER_MESSAGE = 1_000;
