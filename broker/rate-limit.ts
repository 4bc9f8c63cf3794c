/**
 * A token bucket: `perS` tokens a second, at most `burst` saved up. No clock of its own; times
 * are milliseconds of any steady clock.
 */
export class TokenBucket {
  #perMs: number;
  #burst: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perS: number, burst: number, nowMs: number) {
    this.#perMs = perS / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAtMs = nowMs;
  }

  /**
   * Takes a token, or several, and tells how many milliseconds early that was: 0 when they were
   * there. The debt is kept, so a caller that waits that long and goes on keeps exactly to the rate.
   */
  take(nowMs: number, tokens = 1): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledAtMs) * this.#perMs);
    this.#filledAtMs = nowMs;
    this.#tokens -= tokens;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }
}
