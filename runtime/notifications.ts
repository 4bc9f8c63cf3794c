import pg from 'pg';
import type { Log } from './log.ts';
import { clientOptions, type DatabaseRole } from './postgres.ts';

const RECONNECT_MS = 500;
/** The connection is asked this often whether it still lives; what it would tell must not wait for TCP. */
const PROBE_INTERVAL_MS = 5_000;

export interface Listener {
  close(): Promise<void>;
}

/**
 * Hears what is said on PostgreSQL's channels (NOTIFY), on a connection of its own that is made
 * again whenever it is lost. `onConnected` is called each time it hears: whatever was said before
 * that was missed.
 */
export function listenTo(options: {
  databaseUrl: string;
  role: DatabaseRole;
  channels: readonly string[];
  log: Log;
  onConnected: () => void;
  onNotified: (channel: string, payload: string) => void;
}): Listener {
  const { databaseUrl, role, channels, log, onConnected, onNotified } = options;
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      ...clientOptions(databaseUrl, role),
      query_timeout: PROBE_INTERVAL_MS,
      connectionTimeoutMillis: PROBE_INTERVAL_MS,
    });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost || closed) return;
      lost = true;
      log.warn({ err: error, channels }, 'not hearing of changes until the database is back');
      void next
        .end()
        .catch((endError: unknown) => log.debug({ err: endError }, 'the connection was already gone'));
      retry = setTimeout(() => void connect(), RECONNECT_MS);
    };
    next.on('error', onLost);
    next.on('end', () => onLost());
    next.on('notification', ({ channel, payload }) => onNotified(channel, payload ?? ''));
    try {
      await next.connect();
      await next.query(channels.map((channel) => `LISTEN ${channel}`).join('; '));
      client = next;
      onConnected();
    } catch (error) {
      onLost(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const probe = setInterval(() => {
    client?.query('SELECT').catch((error: unknown) => client?.emit('error', error));
  }, PROBE_INTERVAL_MS);

  void connect();
  return {
    close: async () => {
      closed = true;
      clearInterval(probe);
      clearTimeout(retry);
      await client?.end();
    },
  };
}
