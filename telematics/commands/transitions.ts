import type { CommandState } from './command.ts';

/** What can happen to a command. */
export type CommandEvent =
  /** A broker takes it to write it to the tracker's connection; again, if the last one never came back to it. */
  | 'claim'
  /** The tracker acknowledged it. */
  | 'deliver'
  /** The connection ended, or time passed, without an acknowledgement. */
  | 'give_back'
  /** It was written as often as is allowed, and never acknowledged. */
  | 'give_up'
  /** An answer came: also before the acknowledgement was noted, and after a connection that broke. */
  | 'answer'
  /** The time to deliver or answer it is over. */
  | 'expire'
  /** An answer that names its command came after that. */
  | 'answer_late'
  /** The next command is sent: an answer could no longer be told from that one's. */
  | 'overtake';

interface Transition {
  readonly from: readonly CommandState[];
  readonly to: CommandState;
}

/** Both the state machine and what the stores' statements are guarded by. */
export const transitions: Readonly<Record<CommandEvent, Transition>> = {
  claim: { from: ['queued', 'sent'], to: 'sent' },
  deliver: { from: ['sent'], to: 'delivered' },
  give_back: { from: ['sent'], to: 'queued' },
  give_up: { from: ['sent'], to: 'expired' },
  answer: { from: ['queued', 'sent', 'delivered'], to: 'answered' },
  expire: { from: ['queued', 'sent', 'delivered'], to: 'expired' },
  answer_late: { from: ['expired'], to: 'answered' },
  overtake: { from: ['queued', 'sent', 'delivered'], to: 'expired' },
};

/** The states in which an event means something, as a list of SQL literals: parameters would hide the partial indexes. */
export const sqlStatesFor = (event: CommandEvent): string =>
  transitions[event].from.map((state) => `'${state}'`).join(', ');

/** The state after an event; the same state where the event means nothing any more. */
export function next(state: CommandState, event: CommandEvent): CommandState {
  const { from, to } = transitions[event];
  return from.includes(state) ? to : state;
}

/** A tracker works on one command at a time; after this long without an answer it is sent the next one. */
export const ANSWER_WAIT_S = 60;
/** A command that was written so often and never acknowledged harms the tracker, or cannot reach it. */
export const MAX_ATTEMPTS = 20;
