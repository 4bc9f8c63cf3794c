import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  connectLive,
  type LiveSocket,
  PROBE_PATIENCE_MS,
  SILENCE_BEFORE_PROBE_MS,
} from './live-connection.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A server's end of the sockets that the connection opens. */
function harness() {
  const sockets: (LiveSocket & { sent: string[]; closed: boolean })[] = [];
  const statuses: string[] = [];
  const renewals: boolean[] = [];
  const connection = connectLive({
    openSocket() {
      const socket = {
        sent: [] as string[],
        closed: false,
        send(text: string) {
          socket.sent.push(text);
        },
        close() {
          socket.closed = true;
        },
        onopen: null as LiveSocket['onopen'],
        onmessage: null as LiveSocket['onmessage'],
        onclose: null as LiveSocket['onclose'],
      };
      sockets.push(socket);
      return socket;
    },
    token: async ({ renew }) => {
      renewals.push(renew);
      return renew ? 'fresh' : 'held';
    },
    onMessage: () => undefined,
    onStatus: (status) => statuses.push(status.phase),
    random: () => 0,
    nowMs: () => Date.now(),
  });
  const last = () => sockets.at(-1) as (typeof sockets)[number];
  const say = (message: unknown) => last().onmessage?.({ data: JSON.stringify(message) });
  const goLive = async () => {
    await vi.advanceTimersByTimeAsync(0);
    last().onopen?.();
    say({ type: 'ready' });
    say({ type: 'snapshot', vehicles: [], total: 0, complete: true });
  };
  return { sockets, statuses, renewals, connection, last, say, goLive };
}

test('it authenticates first and subscribes once the server is ready', async () => {
  const { connection, last, say } = harness();
  connection.subscribe([1, 2, 3, 4]);
  await vi.advanceTimersByTimeAsync(0);
  last().onopen?.();
  expect(last().sent).toEqual(['{"type":"authenticate","token":"held"}']);
  say({ type: 'ready' });
  expect(last().sent[1]).toBe('{"type":"subscribe","bounds":[1,2,3,4]}');
});

test('after a lost connection it comes back with the same subscription', async () => {
  const { connection, sockets, statuses, last, goLive } = harness();
  connection.subscribe(null);
  await goLive();
  last().onclose?.({ code: 1006 });
  expect(statuses.at(-1)).toBe('reconnecting');
  await vi.advanceTimersByTimeAsync(250);
  expect(sockets).toHaveLength(2);
  await goLive();
  expect(last().sent).toContain('{"type":"subscribe"}');
  expect(statuses.at(-1)).toBe('live');
});

test('an expired token is renewed and the connection reopened without a pause', async () => {
  const { renewals, sockets, statuses, last, goLive } = harness();
  await goLive();
  last().onclose?.({ code: 4401 });
  await vi.advanceTimersByTimeAsync(0);
  expect(renewals).toEqual([false, true]);
  expect(sockets).toHaveLength(2);
  expect(statuses).not.toContain('reconnecting');
});

test('a silent feed is probed, and given up when it does not answer', async () => {
  const { connection, sockets, last, goLive } = harness();
  connection.subscribe(null);
  await goLive();
  const silent = last();
  const sentBefore = silent.sent.length;
  await vi.advanceTimersByTimeAsync(SILENCE_BEFORE_PROBE_MS);
  expect(silent.sent.length).toBe(sentBefore + 1);
  expect(silent.closed).toBe(false);
  await vi.advanceTimersByTimeAsync(PROBE_PATIENCE_MS);
  expect(silent.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sockets.length).toBeGreaterThan(1);
});

test('a stopped connection stays closed', async () => {
  const { connection, sockets, last, goLive } = harness();
  await goLive();
  connection.stop();
  expect(last().closed).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
});
