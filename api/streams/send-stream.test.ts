import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '@wayleave/runtime/postgres.ts';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { sendStream } from './send-stream.ts';

const STALLED_MS = 150;
/** More than the kernel's buffers of a local connection hold. */
const LONG_BYTES = 32 * 2 ** 20;

let app: FastifyInstance;
let client: Socket;
afterEach(async () => {
  client.destroy();
  await app.close();
});

/** A server whose every answer is `document`, and a connection to it that has asked for one. */
async function asked(document: Readable): Promise<Socket> {
  app = fastify();
  app.decorateRequest('caller', null);
  app.get('/', async (request, reply) => {
    request.caller = { userId: '1', operatorId: '1', role: 'agent' } as never;
    const streams = {
      open: async () => document,
      maxStalledMs: STALLED_MS,
      load: () => ({ streams: 0, waitingChunks: 0 }),
      close: async () => {},
    };
    const job = { kind: 'track', vehicleId: '1', fromMs: 0, toMs: 1, toleranceM: 1 } as const;
    // Only a HEAD looks into the database here.
    const appPool = {} as Pool;
    return await sendStream(request, reply, { appPool, streams }, job, {
      contentType: 'text/plain',
      fileName: null,
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return client;
}

const connections = async () =>
  await new Promise<number>((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

test('a reader that stalls when the stream is over and the rest lies in the socket is cut off', async () => {
  const document = Readable.from([Buffer.alloc(LONG_BYTES)]);
  const over = once(document, 'close');
  const reader = await asked(document);
  reader.pause();
  await over;
  expect(await connections()).toBe(1);
  await expect.poll(connections, { timeout: 20 * STALLED_MS }).toBe(0);
});

test('a reader that waits for a piece which takes long to be made gets the whole', async () => {
  async function* pieces() {
    yield Buffer.from('first');
    await sleep(3 * STALLED_MS);
    yield Buffer.from('last');
  }
  const reader = await asked(Readable.from(pieces()));
  let text = '';
  for await (const bytes of reader.setEncoding('latin1')) {
    text += bytes;
    if (text.endsWith('0\r\n\r\n')) break;
  }
  expect(text).toContain('first');
  expect(text).toContain('last');
});
