import { once } from 'node:events';
import { type ClientOptions, type RawData, WebSocket } from 'ws';

type Message = any;

export interface LiveClient {
  socket: WebSocket;
  /** Everything that came, oldest first. */
  messages: Message[];
  /** What a page would show: vehicles by id, as the messages say. */
  shown: Map<string, Message>;
  send(message: object): void;
  /** The next message that fits, also one that has come already and was not waited for. */
  next(type: string, fits?: (message: Message) => boolean): Promise<Message>;
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

const WAIT_MS = 5_000;

/** A page's end of the live door. */
export async function openLive(
  url: string,
  headers: Record<string, string> = {},
  options: ClientOptions = {},
): Promise<LiveClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, { headers, ...options });
  const messages: Message[] = [];
  const shown = new Map<string, Message>();
  const waiting = new Set<() => void>();
  let snapshotRuns = false;
  let seen = 0;
  socket.on('message', (data: RawData) => {
    // A Buffer, as nobody set `binaryType` to another kind.
    const message = JSON.parse((data as Buffer).toString());
    messages.push(message);
    if (message.type === 'snapshot') {
      if (!snapshotRuns) shown.clear();
      snapshotRuns = !message.complete;
    }
    for (const vehicle of message.vehicles ?? []) shown.set(vehicle.vehicleId, vehicle);
    for (const id of message.left ?? []) shown.delete(id);
    for (const wake of waiting) wake();
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: Number(code),
    reason: String(reason),
  }));
  await once(socket, 'open');
  return {
    socket,
    messages,
    shown,
    send: (message) => socket.send(JSON.stringify(message)),
    next: async (type, fits = () => true) =>
      await new Promise((resolve, reject) => {
        const look = () => {
          for (; seen < messages.length; seen += 1) {
            if (messages[seen].type !== type || !fits(messages[seen])) continue;
            waiting.delete(look);
            clearTimeout(timer);
            resolve(messages[seen++]);
            return;
          }
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          const types = messages.map((message) => message.type).join(', ');
          reject(new Error(`no ${type} within ${WAIT_MS} ms; there came: ${types || 'nothing'}`));
        }, WAIT_MS);
        waiting.add(look);
        look();
      }),
    closed,
    close: () => socket.terminate(),
  };
}

/** Authenticated by its first message. */
export async function openLiveAs(url: string, token: string): Promise<LiveClient> {
  const client = await openLive(url);
  client.send({ type: 'authenticate', token });
  await client.next('ready');
  return client;
}
