import type { Socket } from 'node:net';
import type { FrameGuard, FrameViolation } from './frame-guard.ts';

/** What the reader is given at a time, and what it may have waiting (`highWaterMark`). */
export const SLICE_BYTES = 8 * 1_024;

/** Where a connection's bytes come in, and can be held back. */
export interface Inlet {
  /** Takes nothing more from the connection, which TCP passes on to the other end. */
  pause(): void;
  resume(): void;
}

/**
 * Puts a guard and a valve in front of whatever reads the socket, at the two places where a
 * stream takes bytes in (node:stream, "Implementing a readable stream"): `push`, by which the
 * connection delivers, and `_read`, by which the reader asks. Nothing is copied and no stream is
 * added to the path of every message.
 *
 * A read of 64 KiB holds hundreds of messages, and Aedes begins all that it is given: so it is
 * given little at a time, and a bound on what is under way holds to within a slice.
 *
 * Aedes has a pause of its own, but packets that are finished during it are never counted, after
 * which the connection is not read any more (aedes lib/client.js, nextBatch).
 */
export function guardInlet(
  socket: Socket,
  guard: FrameGuard,
  onViolation: (violation: FrameViolation) => void,
): Inlet {
  const push = socket.push.bind(socket);
  const readConnection = socket._read.bind(socket);
  /** Taken from the connection and not passed on yet; null is its end. */
  const held: (Uint8Array | null)[] = [];
  let isPaused = false;
  /** The reader has asked while there was nothing to give. */
  let isAsked = false;

  const hangUp = (violation: FrameViolation): void => {
    socket.push = push;
    held.length = 0;
    onViolation(violation);
    socket.destroy();
  };

  const passNext = (): boolean => {
    const chunk = held.shift()!;
    if (chunk === null) return push(null);
    if (chunk.length > SLICE_BYTES) held.unshift(chunk.subarray(SLICE_BYTES));
    return push(chunk.subarray(0, SLICE_BYTES));
  };

  socket.push = (chunk: unknown): boolean => {
    if (chunk instanceof Uint8Array) {
      const violation = guard.inspect(chunk, performance.now());
      if (violation) {
        hangUp(violation);
        return false;
      }
    }
    const isFirst = held.length === 0;
    held.push(chunk as Uint8Array | null);
    // False stops the connection's reading, until `_read` finds nothing held.
    return isFirst && !isPaused && passNext() && held.length === 0;
  };

  const answer = (): void => {
    if (socket.destroyed) return;
    if (isPaused) isAsked = true;
    else if (held.length > 0) passNext();
    else readConnection(SLICE_BYTES);
  };

  // Not at once: bytes that appear while the reader is reading are announced to nobody.
  socket._read = (): void => {
    if (held.length > 0) setImmediate(answer);
    else answer();
  };

  return {
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      if (!isPaused) return;
      isPaused = false;
      if (held.length > 0 || isAsked) setImmediate(answer);
      isAsked = false;
    },
  };
}
