/** How the live connection comes back; `random` in [0, 1) is an argument so that the policy is pure. */
export type ReconnectPlan =
  | { kind: 'retry'; delayMs: number }
  /** The token has expired: renew it, then connect at once. */
  | { kind: 'renew'; delayMs: number };

export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 20_000;
/** A reader that was too slow gains nothing from coming back at once. */
export const TOO_SLOW_RETRY_MS = 3000;

export const CLOSE_UNAUTHENTICATED = 4401;
export const CLOSE_TOO_SLOW = 1013;

/**
 * What to do after a close. `attempt` counts the failures since the connection was last good, from 0.
 * Half of each delay is random, so that a thousand consoles do not come back in the same instant.
 */
export function planReconnect(closeCode: number, attempt: number, random: number): ReconnectPlan {
  const base = closeCode === CLOSE_TOO_SLOW ? TOO_SLOW_RETRY_MS : FIRST_RETRY_MS;
  const ceilingMs = Math.min(LONGEST_RETRY_MS, base * 2 ** Math.min(attempt, 16));
  const delayMs = Math.round(ceilingMs * (0.5 + random / 2));
  if (closeCode !== CLOSE_UNAUTHENTICATED) return { kind: 'retry', delayMs };
  // A token that is refused again right after its renewal must not turn into a tight loop.
  return { kind: 'renew', delayMs: attempt === 0 ? 0 : delayMs };
}
