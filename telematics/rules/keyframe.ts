/** What is remembered of a device's state besides that state: when it was last kept. */
export interface SinceKeyframe {
  /** Fix time of the last keyframe; null before the first. */
  keyframeMs: number | null;
  /** Positions passed since. */
  fixes: number;
}

/** Enough to be worth a row, unless they took so long that few came. */
const MIN_FIXES = 30;
const USUAL_SPAN_MS = 15 * 60_000;
const LONGEST_SPAN_MS = 6 * 3_600_000;
/** A worker that takes a device up runs this many positions at the most. */
export const MAX_FIXES_BETWEEN_KEYFRAMES = 1_000;

/** Whether the state after a fix is to be kept. */
export function isKeyframeDue({ keyframeMs, fixes }: SinceKeyframe, fixTimeMs: number): boolean {
  if (fixes >= MAX_FIXES_BETWEEN_KEYFRAMES) return true;
  if (keyframeMs === null) return fixes >= MIN_FIXES;
  const spanMs = fixTimeMs - keyframeMs;
  return spanMs >= LONGEST_SPAN_MS || (spanMs >= USUAL_SPAN_MS && fixes >= MIN_FIXES);
}
