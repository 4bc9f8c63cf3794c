import type { Finding } from './finding.ts';

/** What was certain so long before it was found did not happen now. */
const LATE_AFTER_MS = 5 * 60_000;
/** Nor did what lies so far behind the device's newest position. */
const BEHIND_AFTER_MS = 60_000;

/**
 * Whether a finding comes too late to be news.
 * @param newestMs fix time of the device's newest position
 */
export function isLate({ confirmedMs }: Finding, newestMs: number, nowMs: number): boolean {
  return nowMs - confirmedMs > LATE_AFTER_MS || newestMs - confirmedMs > BEHIND_AFTER_MS;
}
