import type { Position } from '../position.ts';

/**
 * What turns a tracker's bytes into canonical positions. An adapter never guesses a unit and
 * never throws: what it cannot read, it refuses with a reason. It does not judge either: a fix
 * at 91° or of 1970 is a position, and what is wrong with it is found later (quality/).
 */
export interface Adapter {
  /** Stable name of the format. */
  name: string;
  /** Whether messages on this topic are in this format. */
  reads(topic: string): boolean;
  /** The ident that a topic of this format names; null when the payload says whose it is. */
  identOf(topic: string): string | null;
  decode(payload: Buffer, message: MessageOrigin): Decoded;
  /**
   * The parts of a payload that speaks for several devices, each in this same format and by
   * itself readable by `decode`. Only formats of gateways, whose `identOf` gives null, have it.
   */
  split?(payload: Buffer): AddressedPart[] | Refusal;
}

/** What is known of a message besides its bytes. */
export interface MessageOrigin {
  topic: string;
  /** When the broker had it, epoch milliseconds. */
  receivedAtMs: number;
}

export interface AddressedPart {
  /** Which device the part is about. */
  ident: string;
  payload: Buffer;
}

/** At least one position or one refusal. */
export interface Decoded {
  positions: Position[];
  refusals: Refusal[];
}

/** Why something in a message is not a position; the operator reads both fields. */
export interface Refusal {
  reason: RefusalReason;
  /** What exactly is wrong, e.g. `speedKmh is -1, not between 0 and 1000`. */
  detail: string;
  /** Place in the message's list, 0 for a message that is no list. */
  item: number;
  /** The refused item's own bytes, readable by `decode` once it is mended; absent when it is the whole message. */
  payload?: Buffer;
}

export type RefusalReason =
  /** No adapter reads this topic. */
  | 'unknown_topic'
  /** A gateway spoke for a device that it may not speak for, or that is not there. */
  | 'unknown_ident'
  /** The bytes are not in the format of the topic. */
  | 'malformed'
  /** In the format, but nothing that a position could be made of: a card, a waypoint, a greeting. */
  | 'not_a_position'
  /** More positions in one message than `MAX_POSITIONS_PER_MESSAGE`. */
  | 'too_many_positions'
  /** What every position of the format needs is missing. */
  | 'missing_field'
  /** A field is of the wrong type or outside what it can mean. */
  | 'invalid_field'
  /** PostgreSQL would not take it, for a reason that no check above knows. */
  | 'refused_by_database';

/** A tracker that replays hours sends more messages, not longer ones. */
export const MAX_POSITIONS_PER_MESSAGE = 1_000;

/** A refusal of a message as a whole. */
export function refuseAll(reason: RefusalReason, detail: string): Decoded {
  return { positions: [], refusals: [{ reason, detail, item: 0 }] };
}
