import { checkHealth, type Health, type HealthCheck } from '@wayleave/runtime/health.ts';

/** So long an answer is given again. */
const FRESH_FOR_MS = 1_000;

/**
 * Asks the dependencies once for all who want to know at the same time, and for a second after:
 * however often strangers ask, no more than one connection of the pool goes to it.
 */
export function shareHealth(
  checks: Record<string, HealthCheck>,
  nowMs: () => number = Date.now,
): () => Promise<Health> {
  let shared: Promise<Health> | undefined;
  let answeredAtMs: number | undefined;
  return async () => {
    const stale = answeredAtMs !== undefined && nowMs() - answeredAtMs >= FRESH_FOR_MS;
    if (shared === undefined || stale) {
      answeredAtMs = undefined;
      shared = checkHealth(checks).finally(() => {
        answeredAtMs = nowMs();
      });
    }
    return await shared;
  };
}
