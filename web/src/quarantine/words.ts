import type { QuarantineEntry } from '../api/types.ts';
import { words } from '../format/units.ts';

/** Why a payload could not be read, and what usually helps. */
export const REASONS: Record<string, { name: string; help: string }> = {
  unknown_topic: {
    name: 'Unknown topic',
    help: 'No format is read on this topic. Set the tracker to the topic of its format, or configure the format for this one.',
  },
  unknown_ident: {
    name: 'Not allowed to speak for it',
    help: 'A gateway brought a message of a device that is not there or not on its list. Register the device, or add it to the gateway.',
  },
  malformed: {
    name: 'Not in the format',
    help: 'The bytes are not what this topic’s format looks like. Often the tracker is set to another protocol.',
  },
  not_a_position: {
    name: 'Not a position',
    help: 'It is in the format, and holds nothing that a position could be made of.',
  },
  too_many_positions: {
    name: 'Too many positions',
    help: 'Set the tracker to send fewer positions in one message.',
  },
  missing_field: { name: 'Field missing', help: 'Something that every position needs is missing.' },
  invalid_field: { name: 'Field invalid', help: 'A field is of the wrong type, or beyond what it can mean.' },
  refused_by_database: {
    name: 'Refused by the database',
    help: 'It was read, and the database would not store it.',
  },
};

export const reasonName = (reason: string) => REASONS[reason]?.name ?? words(reason);

export type ReplayState = 'open' | 'waiting' | 'failed' | 'replayed';

/** Where a quarantined message stands. */
export function replayStateOf({
  replayedAt,
  replayRequestedAt,
  replayFailedAt,
}: QuarantineEntry): ReplayState {
  if (replayedAt !== null) return 'replayed';
  if (replayRequestedAt !== null) return 'waiting';
  return replayFailedAt !== null ? 'failed' : 'open';
}

export const REPLAY_STATE_NAMES: Record<ReplayState, string> = {
  open: 'Open',
  waiting: 'Waits to be read again',
  failed: 'Still unreadable',
  replayed: 'Read and ingested',
};
