import type { Log } from '@wayleave/runtime/log.ts';
import { clientOptions } from '@wayleave/runtime/postgres.ts';
import { CREDENTIAL_CHANNEL } from '@wayleave/telematics/devices/credential-store.ts';
import pg from 'pg';

const RECONNECT_MS = 500;
/** The connection is asked this often whether it still lives; a revocation must not wait for TCP. */
const PROBE_INTERVAL_MS = 5_000;

export interface RevocationListener {
  close(): Promise<void>;
}

/**
 * Hears of changed credentials. `onChanged` gets a device, or null after the connection was
 * lost: whatever was said meanwhile was missed, so every session has to be checked.
 */
export function listenForRevocations(options: {
  databaseUrl: string;
  log: Log;
  onChanged: (deviceId: number | null) => void;
}): RevocationListener {
  const { databaseUrl, log, onChanged } = options;
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      ...clientOptions(databaseUrl, 'wayleave_broker'),
      query_timeout: PROBE_INTERVAL_MS,
      connectionTimeoutMillis: PROBE_INTERVAL_MS,
    });
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost || closed) return;
      lost = true;
      log.warn({ err: error }, 'not hearing of revocations until the database is back');
      void next
        .end()
        .catch((endError: unknown) => log.debug({ err: endError }, 'the connection was already gone'));
      retry = setTimeout(() => void connect(), RECONNECT_MS);
    };
    next.on('error', onLost);
    next.on('end', () => onLost());
    next.on('notification', ({ payload }) => onChanged(Number(payload)));
    try {
      await next.connect();
      await next.query(`LISTEN ${CREDENTIAL_CHANNEL}`);
      client = next;
      onChanged(null);
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
