import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SLICE_BYTES } from './inlet.ts';
import { limits } from './limits.ts';
import { TokenBucket } from './rate-limit.ts';

export interface Listener {
  port: number;
  close(): Promise<void>;
}

interface ListenOptions {
  host: string;
  port: number;
  maxConnections: number;
  onConnection: (socket: Socket) => void;
}

/** Accepts plain TCP; between the tracker and here a TLS load balancer or a private network. */
export async function listenTcp(options: ListenOptions): Promise<Listener> {
  return await listen(
    createServer({ keepAlive: true, highWaterMark: SLICE_BYTES }, options.onConnection),
    options,
  );
}

/** Accepts TLS 1.2 or newer under a certificate of PEM files. */
export async function listenTls(
  options: ListenOptions & { certFile: string; keyFile: string },
): Promise<Listener> {
  const server = createTlsServer(
    {
      cert: readFileSync(options.certFile),
      key: readFileSync(options.keyFile),
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.tlsHandshakeTimeoutMs,
      highWaterMark: SLICE_BYTES,
    },
    options.onConnection,
  );
  return await listen(server, options);
}

async function listen(server: Server, options: ListenOptions): Promise<Listener> {
  server.maxConnections = options.maxConnections;
  // A fleet that comes back after an outage knocks all at once.
  server.listen({ host: options.host, port: options.port, backlog: 4_096 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * Lets at most `perS` new connections a second through; the others wait unread, in order, and
 * beyond `limits.maxWaitingConnections` they are closed. A login costs a hundred times a
 * publish: without this a storm of them would starve the trackers that are connected.
 */
export function spreadConnections(
  perS: number,
  accept: (socket: Socket) => void,
  onRefused: () => void,
): (socket: Socket) => void {
  const bucket = new TokenBucket(perS, Math.max(1, perS / 4), performance.now());
  const waiting: Socket[] = [];
  /** Runs while the next one would be early, whether it is there yet or not. */
  let timer: NodeJS.Timeout | undefined;

  const admit = (): void => {
    timer = undefined;
    let earlyMs = 0;
    while (waiting.length > 0 && earlyMs === 0) {
      const socket = waiting.shift()!;
      if (socket.destroyed) continue;
      earlyMs = bucket.take(performance.now());
      accept(socket);
    }
    if (earlyMs > 0) timer = setTimeout(admit, earlyMs);
  };

  return (socket) => {
    if (waiting.length >= limits.maxWaitingConnections) {
      onRefused();
      socket.destroy();
      return;
    }
    // A waiting connection that breaks must not end the process.
    socket.on('error', () => socket.destroy());
    waiting.push(socket);
    if (!timer) admit();
  };
}
