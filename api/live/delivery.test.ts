import { createMetrics } from '@wayleave/runtime/metrics.ts';
import { applyUpdate, createFleet, mergeRows } from '@wayleave/telematics/live/fleet.ts';
import { createViewer } from '@wayleave/telematics/live/viewer.ts';
import { everywhere, viewportOf } from '@wayleave/telematics/live/viewport.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDelivery, type FeedClient } from './delivery.ts';
import { LIVE_LIMITS } from './limits.ts';
import { createLiveMetrics } from './live-metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const VEHICLES = 1_200;

/** A socket whose reader reads only when told to. */
function fakeClient() {
  const sent: {
    atMs: number;
    message: { type: string; vehicles: { lon: number }[]; left?: string[]; complete?: boolean };
  }[] = [];
  const closed: number[] = [];
  let waiting: (() => void)[] = [];
  const socket = {
    bufferedAmount: 0,
    reads: true,
    send: (text: string | Buffer, _options: object, done: () => void) => {
      sent.push({ atMs: performance.now(), message: JSON.parse(String(text)) });
      if (socket.reads) return void setTimeout(done, 0);
      socket.bufferedAmount += Buffer.byteLength(text);
      waiting.push(done);
    },
    close: (code: number) => void closed.push(code),
    drain: () => {
      socket.bufferedAmount = 0;
      const done = waiting;
      waiting = [];
      for (const call of done) call();
    },
  };
  const client: FeedClient = {
    socket,
    viewer: createViewer(),
    wanted: everywhere,
    subscribed: false,
    snapshotTotal: 0,
    slowSinceMs: null,
  };
  return {
    client,
    socket,
    sent,
    closed,
    changes: () => sent.filter(({ message }) => message.type === 'changes'),
  };
}

function setUp(...watchers: ReturnType<typeof fakeClient>[]) {
  const fleet = createFleet();
  mergeRows(
    fleet,
    Array.from({ length: VEHICLES }, (_, index) => ({
      vehicleId: `v${index}`,
      label: `Vehicle ${index}`,
      kind: 'car' as const,
      plate: null,
      installed: { deviceId: `d${index}`, fromMs: 0, toMs: Number.POSITIVE_INFINITY },
      fix: null,
    })),
  );
  const clients = new Set(watchers.map(({ client }) => client));
  const delivery = createDelivery(fleet, clients, LIVE_LIMITS, createLiveMetrics(createMetrics('test')));
  let time = 0;
  const move = (index: number, lon = 0) => {
    time += 1;
    applyUpdate(fleet, [`d${index}`, time, time, 0, lon, null, null, null, null]);
    delivery.changed();
  };
  const moveAll = (lon = 0) => {
    for (let index = 0; index < VEHICLES; index += 1) move(index, lon);
  };
  return { fleet, delivery, move, moveAll };
}

test('the first change after a quiet time goes out at once', () => {
  const watcher = fakeClient();
  const { delivery, move } = setUp(watcher);
  delivery.begin(watcher.client);
  vi.advanceTimersByTime(10_000);
  const quietUntil = performance.now();
  move(1);
  expect(watcher.changes().map(({ atMs }) => atMs)).toEqual([quietUntil]);
});

test('under steady load a client hears at most once per spacing, the latest of each vehicle', () => {
  const watcher = fakeClient();
  const { delivery, move } = setUp(watcher);
  delivery.begin(watcher.client);
  for (let ms = 0; ms < 1_000; ms += 1) {
    vi.advanceTimersByTime(1);
    move(1, ms / 10);
  }
  vi.advanceTimersByTime(LIVE_LIMITS.spacingMs);
  const times = watcher.changes().map(({ atMs }) => atMs);
  expect(times.length).toBeLessThanOrEqual(1_000 / LIVE_LIMITS.spacingMs + 2);
  expect(times.length).toBeGreaterThan(15);
  const gaps = times.slice(1).map((atMs, index) => atMs - times[index]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(LIVE_LIMITS.spacingMs - 1);
  for (const { message } of watcher.changes()) expect(message.vehicles).toHaveLength(1);
  expect(watcher.changes().at(-1)!.message.vehicles[0]!.lon).toBe(99.9);
});

test('a snapshot comes in parts, the last one says so, and changes wait for it', () => {
  const watcher = fakeClient();
  const { delivery, move, moveAll } = setUp(watcher);
  moveAll(1);
  delivery.begin(watcher.client);
  move(0, 2);
  vi.advanceTimersByTime(1_000);
  const types = watcher.sent.map(({ message }) => message.type);
  expect(types).toEqual(['snapshot', 'snapshot', 'snapshot', 'changes']);
  const parts = watcher.sent.slice(0, 3).map(({ message }) => message);
  expect(parts.map(({ complete }) => complete)).toEqual([false, false, true]);
  expect(parts.flatMap(({ vehicles }) => vehicles)).toHaveLength(VEHICLES);
});

test('a reader that stops reading is held to its bound, and gets the latest when it reads again', () => {
  const watcher = fakeClient();
  const attentive = fakeClient();
  const { delivery, moveAll } = setUp(watcher, attentive);
  moveAll(0);
  for (const { client } of [watcher, attentive]) delivery.begin(client);
  vi.advanceTimersByTime(1_000);

  watcher.socket.reads = false;
  for (let round = 1; round <= 100; round += 1) {
    moveAll(round);
    vi.advanceTimersByTime(100);
  }
  const fleetBytes = VEHICLES * 250;
  expect(watcher.socket.bufferedAmount).toBeLessThanOrEqual(LIVE_LIMITS.maxBufferedBytes + fleetBytes);
  const before = watcher.changes().length;
  expect(attentive.changes().length).toBeGreaterThan(before + 90);

  watcher.socket.reads = true;
  watcher.socket.drain();
  vi.advanceTimersByTime(1_000);
  const caughtUp = watcher.changes().slice(before);
  expect(caughtUp).toHaveLength(1);
  expect(caughtUp[0]!.message.vehicles).toHaveLength(VEHICLES);
  expect(caughtUp[0]!.message.vehicles.every(({ lon }) => lon === 100)).toBe(true);
  expect(watcher.closed).toEqual([]);
});

test('a reader that has not read for thirty seconds is closed as too slow', () => {
  const watcher = fakeClient();
  const { delivery, moveAll } = setUp(watcher);
  moveAll(0);
  delivery.begin(watcher.client);
  vi.advanceTimersByTime(1_000);
  watcher.socket.reads = false;
  moveAll(1);
  vi.advanceTimersByTime(100);
  moveAll(2);
  vi.advanceTimersByTime(100);
  expect(watcher.socket.bufferedAmount).toBeGreaterThan(LIVE_LIMITS.maxBufferedBytes);
  moveAll(3);
  vi.advanceTimersByTime(LIVE_LIMITS.maxSlowMs - 1_000);
  expect(watcher.closed).toEqual([]);
  vi.advanceTimersByTime(2_000);
  expect(watcher.closed[0]).toBe(1013);
});

test('each viewer hears of its own viewport, and of what left it', () => {
  const west = fakeClient();
  const east = fakeClient();
  west.client.wanted = viewportOf([-10, -1, 0, 1]);
  east.client.wanted = viewportOf([1, -1, 10, 1]);
  const { delivery, move } = setUp(west, east);
  for (const { client } of [west, east]) delivery.begin(client);
  vi.advanceTimersByTime(1_000);
  move(5, -5);
  vi.advanceTimersByTime(1_000);
  move(5, 5);
  vi.advanceTimersByTime(1_000);
  expect(west.changes().map(({ message }) => [message.vehicles.length, message.left])).toEqual([
    [1, []],
    [0, ['v5']],
  ]);
  expect(east.changes().map(({ message }) => [message.vehicles.length, message.left])).toEqual([[1, []]]);
});

test('a quiet fleet costs no timer', () => {
  const watcher = fakeClient();
  const { delivery, move } = setUp(watcher);
  delivery.begin(watcher.client);
  move(1);
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
});
