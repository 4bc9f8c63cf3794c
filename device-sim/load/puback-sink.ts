import { createServer, type Socket } from 'node:net';

/**
 * A listener that answers CONNECT, PUBLISH at QoS 1 and PINGREQ and does nothing else: what the
 * load generator costs by itself is measured against it.
 */
export interface PubackSink {
  port: number;
  /** Publishes answered so far. */
  received(): number;
  /** Breaks every connection. */
  breakOff(): void;
  close(): Promise<void>;
}

const CONNECT = 1;
const PUBLISH = 3;
const PING_REQUEST = 12;
const CONNACK_ACCEPTED = Buffer.from([0x20, 0x02, 0x00, 0x00]);
const PING_RESPONSE = Buffer.from([0xd0, 0x00]);

/** Listens on 127.0.0.1; 0 lets the system choose the port. */
export async function startPubackSink(port = 0): Promise<PubackSink> {
  const sockets = new Set<Socket>();
  let received = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const { replies, used, publishes } = answer(bytes);
      received += publishes;
      rest = bytes.subarray(used);
      if (replies.length > 0) socket.write(replies);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const breakOff = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    received: () => received,
    breakOff,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakOff();
      }),
  };
}

/** The replies to all whole packets, in one buffer. */
function answer(bytes: Buffer): { replies: Buffer; used: number; publishes: number } {
  const replies: Buffer[] = [];
  let used = 0;
  let publishes = 0;
  for (;;) {
    const packet = nextPacket(bytes, used);
    if (!packet) return { replies: Buffer.concat(replies), used, publishes };
    const type = (bytes[used] ?? 0) >> 4;
    if (type === CONNECT) replies.push(CONNACK_ACCEPTED);
    else if (type === PING_REQUEST) replies.push(PING_RESPONSE);
    else if (type === PUBLISH) {
      const idAt = packet.bodyAt + 2 + bytes.readUInt16BE(packet.bodyAt);
      replies.push(Buffer.from([0x40, 0x02, bytes[idAt] ?? 0, bytes[idAt + 1] ?? 0]));
      publishes++;
    }
    used = packet.end;
  }
}

/** Where the packet at `at` has its body and its end; null while it is incomplete. */
function nextPacket(bytes: Buffer, at: number): { bodyAt: number; end: number } | null {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    length |= (byte & 0x7f) << (7 * (i - 1));
    if (byte < 0x80) {
      const bodyAt = at + i + 1;
      return bodyAt + length <= bytes.length ? { bodyAt, end: bodyAt + length } : null;
    }
  }
  return null;
}
