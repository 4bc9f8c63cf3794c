import { limits } from './limits.ts';
import type { Session } from './session.ts';

/**
 * Bounds what is held unacknowledged, per client and over all, and how fast a device publishes.
 * Whoever is over a bound is not read from until it is back under it; nothing is thrown away.
 */
export class FlowControl {
  messages = 0;
  bytes = 0;
  /** Sessions not read from because too much is in flight, for themselves or over all. */
  #paused = new Set<Session>();
  /** The bound over all clients was reached, and what is in flight has not yet fallen enough. */
  #allOver = false;

  /** Too much is under way over all clients. */
  get isFull(): boolean {
    return this.#allOver;
  }

  get pausedCount(): number {
    return this.#paused.size;
  }

  /**
   * Counts a message in; call `left` with the same size when it is acknowledged or given up. It is
   * charged as so many publishes as it has parts, each of which the log and ingest have to take.
   */
  entered(session: Session, bytes: number, nowMs: number, parts = 1): void {
    this.messages += 1;
    this.bytes += bytes;
    session.inFlightMessages += 1;
    session.inFlightBytes += bytes;
    if (this.#isOver(1)) this.#allOver = true;
    if (session.paused === null && (this.#allOver || isSessionOver(session, 1))) {
      session.paused = 'in_flight';
      this.#paused.add(session);
      session.inlet.pause();
    }
    const earlyMs = session.publishes.take(nowMs, parts);
    if (earlyMs > 0) this.#slowDown(session, earlyMs);
  }

  left(session: Session, bytes: number): void {
    this.messages -= 1;
    this.bytes -= bytes;
    session.inFlightMessages -= 1;
    session.inFlightBytes -= bytes;
    if (this.#paused.size === 0) return;
    if (this.#allOver) {
      if (this.#isOver(limits.resumeShare)) return;
      this.#allOver = false;
      for (const other of this.#paused) this.#resumeUnlessOver(other);
    } else if (session.paused === 'in_flight') {
      this.#resumeUnlessOver(session);
    }
  }

  forget(session: Session): void {
    this.#paused.delete(session);
  }

  #isOver(share: number): boolean {
    return (
      this.messages >= limits.maxInFlightMessages * share || this.bytes >= limits.maxInFlightBytes * share
    );
  }

  #resumeUnlessOver(session: Session): void {
    if (!isSessionOver(session, limits.resumeShare)) this.#resume(session);
  }

  #resume(session: Session): void {
    this.#paused.delete(session);
    session.paused = null;
    session.inlet.resume();
  }

  #slowDown(session: Session, waitMs: number): void {
    if (session.paused === 'rate') return;
    this.#paused.delete(session);
    session.paused = 'rate';
    session.inlet.pause();
    setTimeout(() => {
      if (session.paused !== 'rate') return;
      // Its time has come, but perhaps not its turn: what is under way is bounded all the same.
      if (this.#allOver || isSessionOver(session, 1)) {
        session.paused = 'in_flight';
        this.#paused.add(session);
      } else {
        this.#resume(session);
      }
    }, waitMs).unref();
  }
}

function isSessionOver(session: Session, share: number): boolean {
  return (
    session.inFlightMessages >= limits.maxInFlightMessagesPerClient * share ||
    session.inFlightBytes >= limits.maxInFlightBytesPerClient * share
  );
}
