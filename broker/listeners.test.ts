import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from './limits.ts';
import { spreadConnections } from './listeners.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
  }
}

const knock = (): Socket => new FakeSocket() as unknown as Socket;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a storm of connections', () => {
  it('is let in at its rate after a burst of a quarter of a second, in order', async () => {
    const accepted: Socket[] = [];
    const refused = vi.fn<() => void>();
    const onConnection = spreadConnections(100, (socket) => accepted.push(socket), refused);
    const sockets = Array.from({ length: 200 }, knock);
    for (const socket of sockets) onConnection(socket);
    // The one that is early is let in, and those behind it wait for what it was early.
    expect(accepted.length).toBeLessThanOrEqual(26);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(accepted.length).toBeGreaterThan(110);
    expect(accepted.length).toBeLessThanOrEqual(130);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(accepted).toEqual(sockets);
    expect(refused).not.toHaveBeenCalled();
  });

  it('does not spend its rate on connections that broke while they waited', async () => {
    const accepted: Socket[] = [];
    const onConnection = spreadConnections(
      10,
      (socket) => accepted.push(socket),
      () => {},
    );
    const sockets = Array.from({ length: 30 }, knock);
    for (const socket of sockets) onConnection(socket);
    const before = accepted.length;
    for (const socket of sockets.slice(before, 25)) socket.emit('error', new Error('reset'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(accepted.map((socket) => sockets.indexOf(socket))).toEqual([
      ...Array.from({ length: before }, (_, at) => at),
      25,
      26,
      27,
      28,
      29,
    ]);
  });

  it('is refused beyond what may wait', () => {
    const refused = vi.fn<() => void>();
    const onConnection = spreadConnections(1, () => {}, refused);
    const sockets = Array.from({ length: limits.maxWaitingConnections + 10 }, knock);
    for (const socket of sockets) onConnection(socket);
    expect(refused).toHaveBeenCalled();
    expect(sockets.at(-1)!.destroyed).toBe(true);
    expect(sockets[5]!.destroyed).toBe(false);
  });
});
