import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** A broker inside a test: Aedes on a free port of 127.0.0.1, with a list of who may log in. */
export interface TestBroker {
  port: number;
  url: string;
  /** Everything published, in the order of arrival, repeated messages included. */
  received: { ident: string; topic: string; payload: Buffer; qos: number }[];
  /** Breaks every connection as a network failure would. */
  breakOff(): void;
  close(): Promise<void>;
}

export async function startTestBroker(secrets: ReadonlyMap<string, string>): Promise<TestBroker> {
  const aedes = await Aedes.createBroker({
    authenticate(client, userName, password, done) {
      const allowed = userName !== undefined && secrets.get(userName) === password?.toString();
      done(allowed ? null : Object.assign(new Error('bad secret'), { returnCode: 4 }), allowed);
    },
    authorizePublish(client, packet, done) {
      const payload = Buffer.from(packet.payload);
      received.push({ ident: client?.id ?? '', topic: packet.topic, payload, qos: packet.qos });
      done(null);
    },
  });
  const received: TestBroker['received'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const breakOff = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    received,
    breakOff,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      breakOff();
      await closed;
    },
  };
}

/** Devices of a test with a secret each, and what the broker has to know of them. */
export function testDevices(count: number) {
  const devices = Array.from({ length: count }, (_, n) => ({
    ident: String(350_000_000_000_000 + n),
    secret: `secret-${n}`,
    kind: 'motorcycle' as const,
    format: 'native-json' as const,
  }));
  return { devices, secrets: new Map(devices.map(({ ident, secret }) => [ident, secret])) };
}

/** Resolves once `condition` holds; rejects when it does not within `withinMs`. */
export async function eventually(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  await new Promise<void>((resolve, reject) => {
    const timer = setInterval(() => {
      if (!condition() && performance.now() < deadline) return;
      clearInterval(timer);
      if (condition()) resolve();
      else reject(new Error(`not within ${withinMs} ms: ${condition}`));
    }, 20);
  });
}
