/**
 * Simulated time: starts in the past, runs `scale` times as fast as real time, and never passes
 * the present, since a fix cannot lie in the future.
 */
export function simulatedTimeMs(
  startMs: number,
  scale: number,
  realStartMs: number,
  realNowMs: number,
): number {
  return Math.min(realNowMs, startMs + (realNowMs - realStartMs) * scale);
}
