import { Doubt } from './doubts.ts';

/** What is thought of a position among its neighbours in fix time; stored beside it. */
export interface Verdict {
  /** Bits of doubts.ts; 0 for a good fix. */
  doubts: number;
  /** Bits of remarks.ts. */
  remarks: number;
  /** From the good fix before it to this good one, metres as a 32-bit float; null if doubtful or the first. */
  distanceM: number | null;
}

export function sameVerdict(a: Verdict, b: Verdict): boolean {
  return a.doubts === b.doubts && a.remarks === b.remarks && a.distanceM === b.distanceM;
}

/** Doubts that come from the neighbours, and may change when another fix lands between. */
export const CONTEXTUAL = Doubt.impossibleJump | Doubt.frozen | Doubt.duplicate;
/** A fix with one of these has no place in the sequence of fix times. */
export const MISDATED = Doubt.future | Doubt.clockUnset;
