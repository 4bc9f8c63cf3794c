/**
 * What a tracker has measured and no broker has acknowledged, in the order of time. It is the
 * tracker's buffer, and nothing leaves it before its PUBACK. Most trackers send the oldest first, so
 * that live fixes queue behind what is left from a time without coverage; some send the newest
 * first, and what is left goes out backwards while nothing else is to be said.
 */
export interface Outbox<T> {
  readonly size: number;
  /** How many of the oldest had to make room. */
  readonly dropped: number;
  add(item: T): void;
  /** The next items, oldest of them first, now in flight; null while others are, or when there are none. */
  take(): readonly T[] | null;
  /** What is in flight is stored: forget it. Returns how many that were. */
  acknowledged(): number;
  /** What is in flight may be lost: it will be taken again. */
  lost(): void;
}

export interface OutboxOptions {
  /** Most items it keeps; beyond it the oldest that is not in flight goes, as in a real tracker. */
  limit: number;
  /** Most items in flight. */
  batch: number;
  newestFirst: boolean;
}

export function createOutbox<T>({ limit, batch, newestFirst }: OutboxOptions): Outbox<T> {
  const items: T[] = [];
  let inFlight = 0;
  /** Where those in flight begin. */
  let from = 0;
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
      dropped++;
      if (from === 0) {
        items.splice(inFlight, 1);
      } else {
        items.shift();
        from--;
      }
    },
    take() {
      if (inFlight > 0 || items.length === 0) return null;
      inFlight = Math.min(batch, items.length);
      from = newestFirst ? items.length - inFlight : 0;
      return items.slice(from, from + inFlight);
    },
    acknowledged() {
      const count = inFlight;
      items.splice(from, count);
      inFlight = 0;
      from = 0;
      return count;
    },
    lost() {
      inFlight = 0;
      from = 0;
    },
  };
}
