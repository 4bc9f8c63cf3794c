/**
 * What a tracker has measured and no broker has acknowledged, oldest first. It is the tracker's
 * buffer: live fixes queue behind what is left from a time without coverage, and nothing leaves
 * it before its PUBACK.
 */
export interface Outbox<T> {
  readonly size: number;
  /** How many of the oldest had to make room. */
  readonly dropped: number;
  add(item: T): void;
  /** The oldest items, now in flight; null while others are, or when there are none. */
  take(): readonly T[] | null;
  /** What is in flight is stored: forget it. Returns how many that were. */
  acknowledged(): number;
  /** What is in flight may be lost: it will be taken again. */
  lost(): void;
}

/**
 * @param limit most items it keeps; beyond it the oldest that is not in flight goes, as in a real tracker
 * @param batch most items in flight
 */
export function createOutbox<T>(limit: number, batch: number): Outbox<T> {
  const items: T[] = [];
  let inFlight = 0;
  let dropped = 0;
  return {
    get size() {
      return items.length;
    },
    get dropped() {
      return dropped;
    },
    add(item) {
      items.push(item);
      if (items.length <= limit) return;
      items.splice(inFlight, 1);
      dropped++;
    },
    take() {
      if (inFlight > 0 || items.length === 0) return null;
      inFlight = Math.min(batch, items.length);
      return items.slice(0, inFlight);
    },
    acknowledged() {
      const count = inFlight;
      items.splice(0, count);
      inFlight = 0;
      return count;
    },
    lost() {
      inFlight = 0;
    },
  };
}
