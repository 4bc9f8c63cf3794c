import type { Observation } from '../tracker/observation.ts';

/** How trackers of a format write what they observe. It is read by the adapter of the same name. */
export interface Format {
  /** Observations that one message carries at most. */
  maxPerMessage: number;
  /** What its times are rounded down to; a tracker of it does not report faster. */
  resolutionMs: number;
  /** Whether a gateway's account brings the messages, whose topic does not say whose they are. */
  needsGateway: boolean;
  /** `observations`: at least one, in the order of time. */
  encode(ident: string, observations: readonly Observation[]): Message;
}

export interface Message {
  topic: string;
  payload: string | Buffer;
}

/** The only observation of a message that can carry one. */
export function single([observation]: readonly Observation[]): Observation {
  if (!observation) throw new RangeError('a message needs an observation');
  return observation;
}

/** As a list, unless there is only one: what formats do that take either. */
export const oneOrList = <T>(items: readonly T[]): T | readonly T[] =>
  items.length === 1 && items[0] !== undefined ? items[0] : items;

/** Epoch seconds, as trackers count them. */
export const wholeSeconds = ({ timeMs }: Observation): number => Math.floor(timeMs / 1_000);

/** A number or, where there is none, a zero, as trackers with a fixed layout write it. */
export const orZero = (value: number | null): number => Math.round(value ?? 0);
