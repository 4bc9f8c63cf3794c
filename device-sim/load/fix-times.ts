/**
 * When the next message's first fix was, or null while it would lie too far ahead of the clock:
 * a fix from the future would be judged false.
 */
export type FixTimes = (device: number, message: number) => number | null;

/** How far fixes may run ahead of the clock, milliseconds. */
export const MAX_LEAD_MS = 120_000;

/** Message i starts `i * spanMs` after `firstMs`. */
export function evenFixTimes(firstMs: number, spanMs: number, clock: () => number): FixTimes {
  let limitMs = clock() + MAX_LEAD_MS;
  return (_device, message) => {
    const fixTimeMs = firstMs + message * spanMs;
    if (fixTimeMs <= limitMs) return fixTimeMs;
    limitMs = clock() + MAX_LEAD_MS;
    return fixTimeMs <= limitMs ? fixTimeMs : null;
  };
}

/** The last fix of a message is of the moment in which it leaves, or as soon after as keeps them apart. */
export function clockFixTimes(
  devices: number,
  spanMs: number,
  stepMs: number,
  clock: () => number,
): FixTimes {
  const earliestMs = new Float64Array(devices);
  return (device) => {
    const nowMs = clock();
    const fixTimeMs = Math.max(earliestMs[device] ?? 0, nowMs - spanMs + stepMs);
    if (fixTimeMs > nowMs + MAX_LEAD_MS) return null;
    earliestMs[device] = fixTimeMs + spanMs;
    return fixTimeMs;
  };
}
