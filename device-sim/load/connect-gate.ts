/** Lets connections be opened at a bounded pace: a broker's accept queue and its limits are finite. */
export interface ConnectGate {
  /** Calls `open` when it may; whoever was let in calls `leave` when the attempt is over. */
  enter(open: () => void): void;
  leave(): void;
  /** Forgets everyone who waits. */
  close(): void;
}

const TICK_MS = 5;
const UNLIMITED_PER_S = 1e9;

/**
 * @param concurrent most attempts under way
 * @param perS most attempts a second
 */
export function createConnectGate(concurrent: number, perS = UNLIMITED_PER_S): ConnectGate {
  const waiting: (() => void)[] = [];
  // Unused allowance does not pile up beyond two ticks: no burst after a pause.
  const mostAllowance = Math.max(1, (perS * TICK_MS * 2) / 1000);
  let inside = 0;
  let head = 0;
  let allowance = mostAllowance;
  let lastMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const admit = () => {
    const nowMs = performance.now();
    allowance = Math.min(mostAllowance, allowance + (perS * (nowMs - lastMs)) / 1000);
    lastMs = nowMs;
    while (head < waiting.length && inside < concurrent && allowance >= 1) {
      allowance--;
      inside++;
      waiting[head++]?.();
    }
    if (head === waiting.length) {
      waiting.length = head = 0;
      clearInterval(timer);
      timer = undefined;
    } else timer ??= setInterval(admit, TICK_MS);
  };

  return {
    enter(open) {
      waiting.push(open);
      admit();
    },
    leave() {
      inside--;
      if (waiting.length > 0) admit();
    },
    close() {
      waiting.length = head = 0;
      clearInterval(timer);
    },
  };
}
