import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { SentMessage } from './journeys.ts';

export interface Tracker {
  ident: string;
  secret: string;
}

const RETRY_MS = 300;
const CONNECT_TIMEOUT_MS = 5_000;
/** A broker that waits for its log does not answer; then the message goes again over a new connection. */
const PUBACK_TIMEOUT_MS = 15_000;

/**
 * Publishes messages in their order, spread over `durationMs`, each until it is acknowledged, as a
 * tracker that keeps what nobody took. @returns how many had to be sent again
 */
export async function publishJourney(
  url: string,
  { ident, secret }: Tracker,
  messages: readonly SentMessage[],
  durationMs: number,
  abort: AbortSignal,
): Promise<number> {
  const startedAtMs = performance.now();
  let repeated = 0;
  let client: MqttClient | null = null;
  for (const [at, message] of messages.entries()) {
    await sleep(Math.max(0, startedAtMs + (durationMs * at) / messages.length - performance.now()));
    for (;;) {
      abort.throwIfAborted();
      try {
        client ??= await connect(url, ident, secret);
        await acknowledged(client, `devices/${ident}/positions`, JSON.stringify(message));
        break;
      } catch {
        // Whatever was lost, the connection or the answer: the tracker still has the message.
        client?.end(true);
        client = null;
        repeated += 1;
        await sleep(RETRY_MS);
      }
    }
  }
  await client?.endAsync();
  return repeated;
}

async function connect(url: string, ident: string, secret: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(
    url,
    {
      username: ident,
      password: secret,
      clientId: ident,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
    },
    false,
  );
  // What breaks shows in the publish under way, and so does the next one on a connection that is gone.
  client.on('error', () => {});
  return client;
}

async function acknowledged(client: MqttClient, topic: string, payload: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const give = (error: Error): void => {
      clearTimeout(patience);
      client.off('close', onClose);
      reject(error);
    };
    const onClose = (): void => give(new Error('the connection broke'));
    const patience = setTimeout(() => give(new Error('not acknowledged')), PUBACK_TIMEOUT_MS);
    client.once('close', onClose);
    if (!client.connected) {
      give(new Error('the connection broke'));
      return;
    }
    client.publish(topic, payload, { qos: 1 }, (error) => {
      if (error) {
        give(error);
        return;
      }
      clearTimeout(patience);
      client.off('close', onClose);
      resolve();
    });
  });
}
