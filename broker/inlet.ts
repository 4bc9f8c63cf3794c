import type { Socket } from 'node:net';
import type { FrameGuard, FrameViolation } from './frame-guard.ts';

/** Where a connection's bytes come in, and can be held back. */
export interface Inlet {
  /** Takes nothing more from the connection, which TCP passes on to the other end. */
  pause(): void;
  resume(): void;
}

/**
 * Puts a guard and a valve in front of whatever reads the socket. `push` is where a stream takes
 * bytes in (node:stream, "Implementing a readable stream"), so nothing is copied and no stream
 * is added to the path of every message; and when it returns false, the socket stops reading.
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
  const held: unknown[] = [];
  let isPaused = false;

  const passOn = (chunk: unknown): boolean => {
    if (chunk instanceof Uint8Array) {
      const violation = guard.inspect(chunk);
      if (violation) {
        socket.push = push;
        onViolation(violation);
        socket.destroy();
        return false;
      }
    }
    return push(chunk);
  };

  socket.push = (chunk: unknown): boolean => {
    if (!isPaused) return passOn(chunk);
    held.push(chunk);
    return false;
  };

  return {
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      if (!isPaused) return;
      isPaused = false;
      while (held.length > 0 && !isPaused && !socket.destroyed) passOn(held.shift());
      // Lets the socket read again, without taking anything from it.
      if (!isPaused && !socket.destroyed) socket.read(0);
    },
  };
}
