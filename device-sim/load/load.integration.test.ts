import { afterEach, expect, test } from 'vitest';
import { startTestBroker, type TestBroker, testDevices } from '../testing/test-broker.ts';
import { openIdleConnections } from './idle-connections.ts';
import type { Ledger } from './ledger.ts';
import { runLoadInChild } from './load-child.ts';
import { startPubackSink } from './puback-sink.ts';
import { runLoad } from './run-load.ts';

const HOST = '127.0.0.1';
const { devices, secrets } = testDevices(10);

let broker: TestBroker | undefined;
afterEach(async () => {
  await broker?.close();
  broker = undefined;
});

async function start(): Promise<TestBroker> {
  broker = await startTestBroker(secrets);
  return broker;
}

/** The positions that a broker has seen, as "ident time". */
function seenBy({ received }: TestBroker): Set<string> {
  return new Set(
    received.flatMap(({ ident, payload }) =>
      [JSON.parse(payload.toString()) as { time: number }].flat().map(({ time }) => `${ident} ${time}`),
    ),
  );
}

/** The acknowledged positions of a ledger, as "ident time". */
function acknowledgedIn(ledger: Ledger): string[] {
  return ledger.idents.flatMap((ident, device) =>
    Array.from(ledger.acknowledgedFixTimes(device), (time) => `${ident} ${time}`),
  );
}

test('every message that is sent is acknowledged, and the ledger has exactly what the broker has seen', async () => {
  const { port, ...running } = await start();
  const result = await runLoad({
    host: HOST,
    port,
    devices,
    window: 4,
    positionsPerMessage: 3,
    messages: 500,
  });
  const acknowledged = acknowledgedIn(result.ledger);
  expect(result).toMatchObject({ sent: 500, acked: 500, positionsAcked: 1_500, repeated: 0, reconnects: 0 });
  expect(new Set(acknowledged).size).toBe(1_500);
  expect(seenBy({ port, ...running })).toEqual(new Set(acknowledged));
  expect(running.received).toHaveLength(500);
  expect(
    running.received.every(({ ident, topic, qos }) => topic === `devices/${ident}/positions` && qos === 1),
  ).toBe(true);
  expect(result.pubackMs.p50).toBeGreaterThan(0);
  expect(result.pubackMs.max).toBeGreaterThanOrEqual(result.pubackMs.p99);
  expect(result.ackedEachS.reduce((total, each) => total + each, 0)).toBe(500);
});

test('a second run that starts where the first one ended repeats none of its fix times', async () => {
  const { port } = await start();
  const options = { host: HOST, port, devices, window: 4, messages: 100 };
  const first = await runLoad(options);
  const second = await runLoad({ ...options, firstFixTimeMs: first.nextFixTimeMs });
  const all = [...acknowledgedIn(first.ledger), ...acknowledgedIn(second.ledger)];
  expect(new Set(all).size).toBe(200);
});

test('after lost connections the rest is sent again, and all that was acknowledged has arrived', async () => {
  const running = await start();
  const reconnected = new Set<number>();
  const breaking = setInterval(running.breakOff, 150);
  const result = await runLoad({
    host: HOST,
    port: running.port,
    devices,
    window: 20,
    durationMs: 1_500,
    onReconnect: (device) => reconnected.add(device),
  }).finally(() => clearInterval(breaking));
  const seen = seenBy(running);
  expect(result.reconnects).toBeGreaterThan(5);
  expect(result.repeated).toBeGreaterThan(0);
  expect(reconnected.size).toBe(devices.length);
  expect(result.acked).toBeGreaterThan(100);
  expect(acknowledgedIn(result.ledger).filter((position) => !seen.has(position))).toHaveLength(0);
  // The breaks went on while it waited for the last acknowledgements, and it got them all the same.
  expect(result.acked).toBe(result.sent);
  expect(seen.size).toBe(result.sent);
});

test('what a silent broker never acknowledged is in the ledger as such', async () => {
  const sink = await startPubackSink();
  const stop = new AbortController();
  const options = { host: HOST, devices, window: 5, drainMs: 200, signal: stop.signal };
  setTimeout(() => void sink.close().then(() => stop.abort()), 300);
  const { sent, acked, ledger } = await runLoad({ ...options, port: sink.port });
  const unacknowledged = devices.flatMap((_, device) => [...ledger.unacknowledgedFixTimes(device)]);
  expect(acked).toBeGreaterThan(0);
  expect(sent - acked).toBe(unacknowledged.length);
  expect(sent - acked).toBeLessThanOrEqual(devices.length * 5);
});

test('told to stop, it sends no more and waits for what is on its way', async () => {
  const { port } = await start();
  const options = { host: HOST, port, devices, window: 20, signal: AbortSignal.timeout(300) };
  const result = await runLoad(options);
  expect(result.sent).toBeGreaterThan(200);
  expect(result).toMatchObject({ acked: result.sent, repeated: 0, reconnects: 0 });
});

test('a fixed rate is kept, evenly', async () => {
  const { port } = await start();
  const result = await runLoad({ host: HOST, port, devices, window: 20, ratePerS: 500, durationMs: 1_000 });
  expect(Math.abs(result.sent - 500)).toBeLessThan(25);
  expect(result.acked).toBe(result.sent);
});

test('by the clock, fix times are those of sending', async () => {
  const { port } = await start();
  const beforeMs = Date.now();
  const load = { window: 2, ratePerS: 200, durationMs: 500, fixTimes: 'clock' as const };
  const { ledger, sent } = await runLoad({ host: HOST, port, devices, ...load });
  const times = devices.flatMap((_, device) => [...ledger.acknowledgedFixTimes(device)]);
  expect(times).toHaveLength(sent);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(beforeMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
});

test('a wrong secret ends the run with the reason', async () => {
  const { port } = await start();
  const wrong = devices.map(({ ident }) => ({ ident, secret: 'guess' }));
  await expect(runLoad({ host: HOST, port, devices: wrong, window: 1, messages: 1 })).rejects.toThrow(
    /refused the login with return code/,
  );
});

test('a load in a child process gives the same figures and the same ledger', async () => {
  const running = await start();
  const result = await runLoadInChild({ host: HOST, port: running.port, devices, window: 3, messages: 200 });
  expect(result).toMatchObject({ sent: 200, acked: 200 });
  expect(result.cpuS).toBeGreaterThan(0);
  expect(seenBy(running)).toEqual(new Set(acknowledgedIn(result.ledger)));
});

test('a load in a child process ends when it is told to, with its ledger', async () => {
  const running = await start();
  const stop = new AbortController();
  const poll = setInterval(() => {
    if (running.received.length > 50) stop.abort();
  }, 20);
  const options = { host: HOST, port: running.port, devices, window: 1, ratePerS: 200, signal: stop.signal };
  const result = await runLoadInChild(options).finally(() => clearInterval(poll));
  expect(result).toMatchObject({ acked: result.sent, reconnects: 0 });
  expect(seenBy(running)).toEqual(new Set(acknowledgedIn(result.ledger)));
});

test('a load in a child process that is told to end before it began has a result, too', async () => {
  const { port } = await start();
  const signal = AbortSignal.abort();
  const result = await runLoadInChild({ host: HOST, port, devices, window: 1, signal });
  expect(result).toMatchObject({ sent: 0, acked: 0, seconds: 0 });
});

test('a child that cannot log in says why', async () => {
  const { port } = await start();
  const wrong = [{ ident: devices[0]?.ident ?? '', secret: 'guess' }];
  await expect(runLoadInChild({ host: HOST, port, devices: wrong, window: 1, messages: 1 })).rejects.toThrow(
    /status 1: .*refused the login/,
  );
});

test('idle connections are all there, and all come back after being broken', async () => {
  const { port, breakOff } = await start();
  const idle = await openIdleConnections({ host: HOST, port, devices, keepAliveS: 1 });
  try {
    expect(idle.connected()).toBe(devices.length);
    expect(await idle.reconnectAll()).toBeGreaterThan(0);
    expect(idle.connected()).toBe(devices.length);
    // Twice the keep-alive time: without pings the broker would have hung up.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(idle.connected()).toBe(devices.length);
    breakOff();
  } finally {
    idle.close();
  }
});
