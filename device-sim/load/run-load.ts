import { createConnectGate } from './connect-gate.ts';
import { clockFixTimes, evenFixTimes, type FixTimes } from './fix-times.ts';
import { createLatencyHistogram } from './latency-histogram.ts';
import { createLedger } from './ledger.ts';
import { isEven, type LoadOptions, type LoadResult } from './load-options.ts';
import { awaitFirstLogins } from './log-in-all.ts';
import { createPacer } from './pacer.ts';
import { createPublishFrames, MAX_WINDOW } from './publish-frames.ts';
import { countAcked, createTally, resultOf, type Tally } from './tally.ts';
import { createTrackerSocket, type TrackerSocket } from './tracker-socket.ts';
import { createWindow, type Window } from './window.ts';

/** One connection: its socket and its window. */
interface Member {
  socket: TrackerSocket;
  window: Window;
}

/** What the connections of a load share. */
interface Load {
  members: Member[];
  tally: Tally;
  publishing: boolean;
  messagesLeft: number;
  /** The monotonic clock as last read, microseconds: once for all that one read or timer does. */
  nowUs: number;
}

const KEEP_ALIVE_S = 60;
const CONCURRENT_CONNECTS = 128;
const DEFAULT_DRAIN_MS = 15_000;
const HOUSEKEEPING_MS = 100;
const PACE_MS = 1;
const FULL_PAUSE_MS = 10;
const POLL_MS = 5;

/**
 * Connects, publishes within the given bounds, waits for the acknowledgements, disconnects.
 * A connection that is lost comes back and sends again what was not acknowledged.
 * @throws {Error} when not all connections could log in, with the last reason
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { window: size, positionsPerMessage = 1, stepMs = 1 } = options;
  if (!(size >= 1 && size <= MAX_WINDOW)) throw new RangeError(`a window is 1 to ${MAX_WINDOW} messages`);
  const devices = options.devices.slice(0, options.connections ?? options.devices.length);
  const idents = devices.map(({ ident }) => ident);
  const ledger = createLedger(idents, positionsPerMessage, stepMs, isEven(options));
  const latency = createLatencyHistogram();
  const gate = createConnectGate(CONCURRENT_CONNECTS, options.connectsPerS);
  const logins = awaitFirstLogins(idents);
  const nextFixTimeMs = chooseFixTimes(options, devices.length);
  const closedLoop = options.ratePerS === undefined;
  const load: Load = {
    members: [],
    tally: createTally(),
    publishing: false,
    messagesLeft: options.messages ?? Number.POSITIVE_INFINITY,
    nowUs: 0,
  };

  const createMember = (device: number, ident: string, password: string): Member => {
    let known = false;
    let acks = 0;
    const refill = () => {
      if (load.publishing && closedLoop) send(load, window, size);
    };
    const login = { clientId: ident, userName: ident, password, keepAliveS: KEEP_ALIVE_S };
    const socket = createTrackerSocket(options, login, gate, {
      ready() {
        load.nowUs = performance.now() * 1000;
        if (known) {
          load.tally.reconnects++;
          load.tally.repeated += window.repeat();
          options.onReconnect?.(device);
        } else {
          known = true;
          logins.succeeded();
        }
        refill();
      },
      failed(returnCode, message) {
        if (!known) logins.failed(device, returnCode, message);
      },
      readStarts() {
        load.nowUs = performance.now() * 1000;
        acks = 0;
      },
      puback(packetId) {
        if (window.acknowledge(packetId, load.nowUs)) acks++;
      },
      readEnds() {
        if (acks > 0) countAcked(load.tally, acks, load.nowUs);
        refill();
      },
    });
    const frames = createPublishFrames(ident, device, size, positionsPerMessage);
    const window = createWindow({
      device,
      size,
      frames,
      ledger,
      latency,
      sink: socket,
      nextFixTimeMs,
    });
    return { socket, window };
  };

  load.members = devices.map(({ ident, secret }, device) => createMember(device, ident, secret));
  const housekeeping = setInterval(() => keepHouse(load, closedLoop ? size : 0), HOUSEKEEPING_MS);
  try {
    const beganMs = performance.now();
    for (const { socket } of load.members) socket.open();
    await logins.all();
    const connectMs = performance.now() - beganMs;
    await publish(load, options);
    return resultOf(load.tally, latency, ledger, connectMs);
  } finally {
    clearInterval(housekeeping);
    gate.close();
    for (const { socket } of load.members) socket.close();
  }
}

function chooseFixTimes(options: LoadOptions, devices: number): FixTimes {
  const { positionsPerMessage = 1, stepMs = 1, firstFixTimeMs = Date.now() } = options;
  const spanMs = positionsPerMessage * stepMs;
  return isEven(options)
    ? evenFixTimes(firstFixTimeMs, spanMs, Date.now)
    : clockFixTimes(devices, spanMs, stepMs, Date.now);
}

function send(load: Load, window: Window, most: number): number {
  const count = window.send(Math.min(most, load.messagesLeft), load.nowUs);
  load.tally.sent += count;
  load.messagesLeft -= count;
  return count;
}

/** What no acknowledgement prompts: pings, and windows that the clock held back. */
function keepHouse(load: Load, refill: number): void {
  const nowMs = performance.now();
  load.nowUs = nowMs * 1000;
  for (const { socket, window } of load.members) {
    socket.keepAlive(nowMs);
    if (load.publishing && refill > 0 && window.inFlight === 0) send(load, window, refill);
  }
}

async function publish(load: Load, options: LoadOptions): Promise<void> {
  const { durationMs = Number.POSITIVE_INFINITY, signal, drainMs = DEFAULT_DRAIN_MS, ratePerS } = options;
  const startedMs = performance.now();
  load.nowUs = load.tally.startedUs = startedMs * 1000;
  // Told to stop while it was logging in, it sends nothing.
  if (signal?.aborted) return;
  load.publishing = true;
  let pacing: NodeJS.Timeout | undefined;
  if (ratePerS !== undefined) pacing = setInterval(pace(load, ratePerS, startedMs), PACE_MS);
  else for (const { window } of load.members) send(load, window, options.window);
  const over = () =>
    load.messagesLeft <= 0 || signal?.aborted === true || performance.now() - startedMs >= durationMs;
  await until(over);
  load.publishing = false;
  clearInterval(pacing);
  const drainedByMs = performance.now() + drainMs;
  await until(
    () => load.members.every(({ window }) => window.inFlight === 0) || performance.now() >= drainedByMs,
  );
}

/** Hands out what is due in turn, one message a connection, until nobody has room. */
function pace(load: Load, ratePerS: number, startedMs: number): () => void {
  const pacer = createPacer(ratePerS, startedMs);
  const { members, tally } = load;
  let turn = 0;
  let fullUntilMs = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs < fullUntilMs) return;
    load.nowUs = nowMs * 1000;
    const due = pacer.due(nowMs);
    let count = 0;
    for (let withoutRoom = 0; count < due && withoutRoom < members.length; ) {
      const window = members[turn]?.window;
      turn = turn + 1 === members.length ? 0 : turn + 1;
      const sent = window ? send(load, window, 1) : 0;
      count += sent;
      withoutRoom = sent > 0 ? 0 : withoutRoom + 1;
    }
    pacer.handedOut(count);
    // Offered far more than is taken: to look for room every millisecond would cost more than sending.
    if (count < due) fullUntilMs = nowMs + FULL_PAUSE_MS;
    tally.mostBehind = Math.max(tally.mostBehind, due - count);
  };
}

function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!condition()) return;
      clearInterval(timer);
      resolve();
    }, POLL_MS);
  });
}
