import { connect, type MqttClient } from 'mqtt';
import type { Account } from '../fleet-file.ts';
import type { Message } from '../formats/format.ts';
import { between, type Random } from '../random.ts';

/** A tracker's or a gateway's connection to the broker, which it makes again whenever it is lost. */
export interface Link {
  readonly up: boolean;
  /** Sends one message at QoS 1; `stored` is called on its PUBACK, and never if that does not come. */
  publish(message: Message, stored: () => void): void;
  /** Out of coverage the connection breaks and none is tried. */
  setCovered(covered: boolean): void;
  close(): Promise<void>;
}

export interface LinkEvents {
  /** May publish. */
  up(): void;
  /** Whatever was not acknowledged may be lost. */
  down(): void;
  /** Why a connection failed; `refused` when the broker said no. */
  failed(message: string, refused: boolean): void;
}

const KEEP_ALIVE_S = 60;
const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2_000;

export function createLink(url: string, account: Account, events: LinkEvents, random: Random): Link {
  let client: MqttClient | null = null;
  let up = false;
  let covered = true;
  let closed = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  const open = () => {
    // One client a connection: the outbox, not mqtt.js, remembers what to send again, so that
    // a replay leaves oldest first.
    const own = connect(url, {
      protocolVersion: 4,
      clientId: account.ident,
      username: account.ident,
      password: account.secret,
      clean: true,
      keepalive: KEEP_ALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
    });
    client = own;
    own.on('connect', () => {
      if (client !== own) return;
      failures = 0;
      up = true;
      events.up();
    });
    own.on('error', (error) => {
      // An AggregateError (one failure an address) has no message of its own.
      const { message, code } = error as Error & { code?: number | string };
      if (client === own) events.failed(message || String(code ?? error.name), typeof code === 'number');
    });
    own.on('close', () => {
      if (client === own) down();
    });
  };

  const down = () => {
    const was = client;
    client = null;
    up = false;
    was?.end(true);
    events.down();
    if (covered && !closed) retryLater();
  };

  /** Twice as long after each failure, and at a random point of that, so that a fleet does not return at once. */
  const retryLater = () => {
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
    failures++;
    clearTimeout(retry);
    retry = setTimeout(open, between(random, longest / 4, longest));
  };

  open();
  return {
    get up() {
      return up;
    },
    publish({ topic, payload }, stored) {
      const own = client;
      own?.publish(topic, payload, { qos: 1 }, (error) => {
        if (!error && client === own) stored();
      });
    },
    setCovered(now) {
      if (now === covered) return;
      covered = now;
      failures = 0;
      clearTimeout(retry);
      if (!covered && client) down();
      else if (covered && !client && !closed) retryLater();
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      const own = client;
      if (!own) return;
      client = null;
      const polite = own.endAsync(false).catch(() => undefined);
      const patience = setTimeout(() => own.end(true), CLOSE_TIMEOUT_MS);
      await polite;
      clearTimeout(patience);
      up = false;
    },
  };
}
