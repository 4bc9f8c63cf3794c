import { createConnectGate } from './connect-gate.ts';
import type { LoadDevice } from './load-options.ts';
import { awaitFirstLogins } from './log-in-all.ts';
import { createTrackerSocket, type TrackerSocket } from './tracker-socket.ts';

export interface IdleOptions {
  host: string;
  port: number;
  devices: readonly LoadDevice[];
  /** How many of the devices connect; all of them unless given. */
  connections?: number | undefined;
  /** Most logins a second; as many as the broker takes unless given. */
  connectsPerS?: number | undefined;
  /** Keep-alive that is promised and kept by pings; 60 s unless given. */
  keepAliveS?: number | undefined;
}

/** Connections that are logged in and silent but for their pings. */
export interface IdleConnections {
  /** From the first connect to the last login. */
  connectMs: number;
  connected(): number;
  /** Breaks every connection at once and waits until all are back; returns how long that took, milliseconds. */
  reconnectAll(): Promise<number>;
  close(): void;
}

const CONCURRENT_CONNECTS = 256;
const HOUSEKEEPING_MS = 1_000;
const POLL_MS = 10;
const RECONNECT_TIMEOUT_MS = 120_000;

/**
 * @throws {Error} when not all connections could log in, with the last reason
 */
export async function openIdleConnections(options: IdleOptions): Promise<IdleConnections> {
  const { keepAliveS = 60 } = options;
  const devices = options.devices.slice(0, options.connections ?? options.devices.length);
  const gate = createConnectGate(CONCURRENT_CONNECTS, options.connectsPerS);
  const logins = awaitFirstLogins(devices.map(({ ident }) => ident));
  const sockets = devices.map(({ ident, secret }, device): TrackerSocket => {
    let known = false;
    const login = { clientId: ident, userName: ident, password: secret, keepAliveS };
    return createTrackerSocket(options, login, gate, {
      ready() {
        if (!known) logins.succeeded();
        known = true;
      },
      failed(returnCode, message) {
        if (!known) logins.failed(device, returnCode, message);
      },
    });
  });
  const connected = () => sockets.reduce((count, { ready }) => count + (ready ? 1 : 0), 0);
  const housekeeping = setInterval(() => {
    for (const socket of sockets) socket.keepAlive(performance.now());
  }, HOUSEKEEPING_MS);
  const close = () => {
    clearInterval(housekeeping);
    gate.close();
    for (const socket of sockets) socket.close();
  };

  const beganMs = performance.now();
  for (const socket of sockets) socket.open();
  await logins.all().catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    connectMs: performance.now() - beganMs,
    connected,
    close,
    async reconnectAll() {
      const brokenMs = performance.now();
      for (const socket of sockets) socket.breakOff();
      await allBack(sockets, brokenMs + RECONNECT_TIMEOUT_MS);
      return performance.now() - brokenMs;
    },
  };
}

function allBack(sockets: readonly TrackerSocket[], byMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const away = sockets.filter(({ ready }) => !ready).length;
      if (away > 0 && performance.now() < byMs) return;
      clearInterval(timer);
      if (away === 0) resolve();
      else reject(new Error(`${away} of ${sockets.length} connections did not come back`));
    }, POLL_MS);
  });
}
