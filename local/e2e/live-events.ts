import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** An event as the HTTP API and the live WebSocket show it, as far as the tests look at it. */
export interface ShownEvent {
  id: string;
  kind: string;
  subject: string;
  severity: string;
  vehicleId: string | null;
  occurredAt: string;
  confirmedAt: string;
  endedAt: string | null;
  late: boolean;
  revision: number;
  retractedAt: string | null;
  retractionReason: string | null;
  details: Record<string, unknown>;
}

export interface LiveEvents {
  /** The first event that was told and fits, with when it came (`performance.now()`); rejects after `withinMs`. */
  told(fits: (event: ShownEvent) => boolean, withinMs: number): Promise<{ event: ShownEvent; atMs: number }>;
  close(): void;
}

const POLL_MS = 10;
/** More than the tests make. */
const MAX_TOLD = 1_000;

/** Listens to the live WebSocket as the map does. */
export async function openLiveEvents(apiUrl: string, accessToken: string): Promise<LiveEvents> {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/api/v1/live`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const told: { event: ShownEvent; atMs: number }[] = [];
  const subscribed = new Promise<void>((resolve) => {
    socket.on('message', (text: Buffer) => {
      const message = JSON.parse(text.toString()) as { type: string; events?: ShownEvent[] };
      if (message.type === 'ready') socket.send(JSON.stringify({ type: 'subscribe' }));
      if (message.type === 'snapshot') resolve();
      const atMs = performance.now();
      for (const event of message.events ?? []) told.push({ event, atMs });
      if (told.length > MAX_TOLD) throw new Error('more events than the tests make');
    });
  });
  await once(socket, 'open');
  await subscribed;
  return {
    async told(fits, withinMs) {
      const giveUpAtMs = performance.now() + withinMs;
      for (;;) {
        const found = told.find(({ event }) => fits(event));
        if (found) return found;
        if (performance.now() > giveUpAtMs) {
          throw new Error(
            `not told within ${withinMs} ms, but: ${JSON.stringify(told.map(({ event }) => event))}`,
          );
        }
        await sleep(POLL_MS);
      }
    },
    close: () => socket.close(),
  };
}
