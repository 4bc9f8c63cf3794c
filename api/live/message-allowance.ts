/**
 * A token bucket: `perS` messages a second, `burst` at once.
 * @returns whether one more may pass at `nowMs`, a clock that does not go back
 */
export function createAllowance(perS: number, burst: number): (nowMs: number) => boolean {
  let left = burst;
  let asOfMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    left = Math.min(burst, left + (Math.max(0, nowMs - asOfMs) / 1000) * perS);
    asOfMs = nowMs;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
