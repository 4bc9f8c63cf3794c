const DAY_MS = 86_400_000;
/** A buffer older than this comes from a clock that was never set. */
const MAX_LATE_MS = 400 * DAY_MS;
/** Clocks run fast by minutes; by more than a day they are wrong. */
const MAX_EARLY_MS = DAY_MS;

/** What is impossible about a fix time given when it was received, or null. */
export function fixTimeProblem(fixTimeMs: number, receivedAtMs: number): string | null {
  if (fixTimeMs > receivedAtMs + MAX_EARLY_MS)
    return `${instant(fixTimeMs)} is more than a day in the future`;
  if (fixTimeMs < receivedAtMs - MAX_LATE_MS)
    return `${instant(fixTimeMs)} is more than 400 days in the past`;
  return null;
}

/** An instant for people; numbers too large for a date stay numbers. */
function instant(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? String(epochMs) : date.toISOString();
}
