/** How many messages are due at a steady rate. */
export interface Pacer {
  /** Due and not yet handed out. */
  due(nowMs: number): number;
  handedOut(count: number): void;
}

export function createPacer(ratePerS: number, startMs: number): Pacer {
  let handed = 0;
  return {
    due: (nowMs) => Math.floor(((nowMs - startMs) * ratePerS) / 1000) - handed,
    handedOut(count) {
      handed += count;
    },
  };
}
