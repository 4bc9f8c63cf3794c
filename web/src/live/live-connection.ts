import type { Bounds, LiveMessage, LiveRequest } from '../api/types.ts';
import { planReconnect } from './reconnect.ts';

export type ConnectionStatus =
  | { phase: 'connecting' }
  | { phase: 'live' }
  /** `sinceMs`: when the last message came, or null if none ever did. */
  | { phase: 'reconnecting'; sinceMs: number | null; retryAtMs: number };

export interface LiveSocket {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface LivePorts {
  openSocket(): LiveSocket;
  /** Resolves to a valid token; rejects when there is no network or no session. */
  token(options: { renew: boolean }): Promise<string>;
  onMessage(message: LiveMessage): void;
  onStatus(status: ConnectionStatus): void;
  random(): number;
  nowMs(): number;
}

/** A silent feed is asked for a snapshot; if none comes the connection is dead, whatever TCP believes. */
export const SILENCE_BEFORE_PROBE_MS = 30_000;
export const PROBE_PATIENCE_MS = 10_000;
const READY_PATIENCE_MS = 10_000;

export interface LiveConnection {
  /** `null` bounds: everything. Sent now if the connection is ready, and again after each reconnect. */
  subscribe(bounds: Bounds | null): void;
  /** Connects now if a retry is pending, e.g. because the network is back. */
  retryNow(): void;
  stop(): void;
}

export function connectLive(ports: LivePorts): LiveConnection {
  let socket: LiveSocket | null = null;
  let stopped = false;
  let attempt = 0;
  let renew = false;
  let bounds: Bounds | null | undefined;
  let ready = false;
  let lastMessageMs: number | null = null;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let watchTimer: ReturnType<typeof setTimeout> | undefined;

  const send = (message: LiveRequest) => socket?.send(JSON.stringify(message));

  const sendSubscription = () => {
    if (bounds === undefined || !ready) return;
    send(bounds ? { type: 'subscribe', bounds } : { type: 'subscribe' });
  };

  const watch = (delayMs: number, onSilence: () => void) => {
    clearTimeout(watchTimer);
    watchTimer = setTimeout(onSilence, delayMs);
  };

  const drop = (code: number) => {
    const dropped = socket;
    if (!dropped) return;
    socket = null;
    dropped.onopen = dropped.onmessage = dropped.onclose = null;
    dropped.close();
    closed(code);
  };

  const probe = () => {
    sendSubscription();
    watch(PROBE_PATIENCE_MS, () => drop(1006));
  };

  const receive = (text: unknown) => {
    const message = parseMessage(text);
    if (!message) return;
    lastMessageMs = ports.nowMs();
    watch(SILENCE_BEFORE_PROBE_MS, probe);
    if (message.type === 'ready') {
      ready = true;
      sendSubscription();
    } else if (message.type === 'snapshot') {
      // Only now is the connection known to be good; an accepted socket that is shut again is not.
      attempt = 0;
      ports.onStatus({ phase: 'live' });
    }
    ports.onMessage(message);
  };

  const closed = (code: number) => {
    ready = false;
    clearTimeout(watchTimer);
    if (stopped) return;
    const plan = planReconnect(code, attempt++, ports.random());
    renew = plan.kind === 'renew';
    const retryAtMs = ports.nowMs() + plan.delayMs;
    if (plan.delayMs > 0) ports.onStatus({ phase: 'reconnecting', sinceMs: lastMessageMs, retryAtMs });
    clearTimeout(retryTimer);
    retryTimer = setTimeout(() => void open(), plan.delayMs);
  };

  const open = async () => {
    clearTimeout(retryTimer);
    let token: string;
    try {
      token = await ports.token({ renew });
    } catch {
      return closed(1006);
    }
    if (stopped || socket) return;
    renew = false;
    const opened = ports.openSocket();
    socket = opened;
    watch(READY_PATIENCE_MS, () => drop(1006));
    opened.onopen = () => send({ type: 'authenticate', token });
    opened.onmessage = (event) => receive(event.data);
    opened.onclose = (event) => {
      if (socket !== opened) return;
      socket = null;
      closed(event.code);
    };
  };

  ports.onStatus({ phase: 'connecting' });
  void open();

  return {
    subscribe(next) {
      bounds = next;
      sendSubscription();
    },
    retryNow() {
      if (!socket && !stopped) void open();
    },
    stop() {
      stopped = true;
      clearTimeout(retryTimer);
      clearTimeout(watchTimer);
      const dropped = socket;
      socket = null;
      dropped?.close(1000);
    },
  };
}

function parseMessage(text: unknown): LiveMessage | null {
  try {
    const message = JSON.parse(String(text)) as Partial<LiveMessage> | null;
    return typeof message?.type === 'string' ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}
