import { connect, type Socket } from 'node:net';
import type { ConnectGate } from './connect-gate.ts';
import { DISCONNECT, encodeConnect, type Login, PING_REQUEST } from './control-packets.ts';
import { createReplyReader } from './reply-reader.ts';

/** A logged-in MQTT connection over a bare socket that comes back after every loss. */
export interface TrackerSocket {
  readonly ready: boolean;
  /** Only when ready. The bytes must stay as they are until they are acknowledged. */
  write(bytes: Uint8Array): void;
  /** Several writes in one system call. */
  together(writes: () => void): void;
  open(): void;
  /** Ends the connection as a network failure would; it is made again. */
  breakOff(): void;
  /** Says DISCONNECT and stays away. */
  close(): void;
  /** Sends a PINGREQ if nothing was written for half the keep-alive time. */
  keepAlive(nowMs: number): void;
}

export interface TrackerSocketEvents {
  ready(): void;
  /** The connection ended; it will be made again. */
  lost?(): void;
  /** A login was refused, with the return code of CONNACK, or a connection failed, with null. */
  failed(returnCode: number | null, message: string): void;
  puback?(packetId: number): void;
  /** Before the replies of one read are given, and after. */
  readStarts?(): void;
  readEnds?(): void;
}

export interface Endpoint {
  host: string;
  port: number;
}

const LOGIN_TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;
/**
 * All sockets read into the same memory: libuv fills it and hands it over in one go, and nothing
 * of it is kept.
 */
const SHARED_READ_BUFFER = Buffer.alloc(65_536);

export function createTrackerSocket(
  endpoint: Endpoint,
  login: Login,
  gate: ConnectGate,
  events: TrackerSocketEvents,
): TrackerSocket {
  const hello = encodeConnect(login);
  let socket: Socket | null = null;
  let ready = false;
  let closed = false;
  let failures = 0;
  let lastWriteMs = 0;
  let retry: NodeJS.Timeout | undefined;

  const open = () => {
    let inGate = true;
    const leaveGate = () => {
      if (inGate) gate.leave();
      inGate = false;
    };
    if (closed) return leaveGate();
    const read = createReplyReader({
      puback: events.puback ?? (() => undefined),
      connack(returnCode) {
        leaveGate();
        own.setTimeout(0);
        if (returnCode !== 0) {
          events.failed(returnCode, `the broker refused the login with return code ${returnCode}`);
          own.destroy();
          return;
        }
        failures = 0;
        ready = true;
        events.ready();
      },
    });
    const own = connect({
      // Nothing else of it: a caller's options may hold a `signal`, which would end the socket, too.
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      onread: {
        buffer: SHARED_READ_BUFFER,
        callback(length, buffer) {
          events.readStarts?.();
          if (!read(buffer, length)) own.destroy(new Error('the peer does not speak MQTT 3.1.1'));
          events.readEnds?.();
          return true;
        },
      },
    });
    socket = own;
    own.setTimeout(LOGIN_TIMEOUT_MS, () => own.destroy(new Error('no answer to CONNECT')));
    own.on('connect', () => own.write(hello));
    own.on('error', (error) => events.failed(null, error.message));
    own.on('close', () => {
      leaveGate();
      socket = null;
      ready = false;
      events.lost?.();
      if (!closed) retryLater();
    });
    return undefined;
  };

  const retryLater = () => {
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    failures++;
    retry = setTimeout(() => gate.enter(open), longest * (0.5 + Math.random() / 2));
  };

  const write = (bytes: Uint8Array) => {
    lastWriteMs = performance.now();
    socket?.write(bytes);
  };

  return {
    get ready() {
      return ready;
    },
    write,
    together(writes) {
      socket?.cork();
      writes();
      socket?.uncork();
    },
    open: () => gate.enter(open),
    breakOff: () => socket?.resetAndDestroy(),
    close() {
      closed = true;
      clearTimeout(retry);
      if (ready) socket?.end(DISCONNECT);
      else socket?.destroy();
    },
    keepAlive(nowMs) {
      const dueMs = login.keepAliveS * 500;
      if (ready && dueMs > 0 && nowMs - lastWriteMs >= dueMs) write(PING_REQUEST);
    },
  };
}
