import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { FrameGuard } from './frame-guard.ts';
import { guardInlet, type Inlet, SLICE_BYTES } from './inlet.ts';

const LIMITS = {
  maxConnectBytes: 200,
  maxFrameBytes: 100_000,
  maxUnknownBytes: 10_000_000,
  maxControlBytes: 1_000,
  maxControlPacketsPerS: 20,
  maxControlPacketBurst: 100,
};
const CONNECT = generate({
  cmd: 'connect',
  clientId: 'c',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
});

/** A connection that delivers chunks when it is asked, as a socket does, and stops when told. */
function connectionOf(chunks: readonly Buffer[]): { socket: Socket; inlet: Inlet; violations: string[] } {
  const left = [...chunks];
  let reading = false;
  const deliver = (): void => {
    if (!reading) return;
    const chunk = left.shift() ?? null;
    reading = stream.push(chunk) && chunk !== null;
    setImmediate(deliver);
  };
  const stream = new Duplex({
    highWaterMark: SLICE_BYTES,
    read() {
      if (reading) return;
      reading = true;
      setImmediate(deliver);
    },
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const violations: string[] = [];
  const socket = stream as unknown as Socket;
  const inlet = guardInlet(socket, new FrameGuard(LIMITS, performance.now()), (violation) =>
    violations.push(violation),
  );
  return { socket, inlet, violations };
}

const publish = (bytes: number): Buffer =>
  generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(bytes, 7),
    qos: 0,
    dup: false,
    retain: false,
  });

/** Reads as Aedes does: all that there is, whenever there is something. */
async function readAll(socket: Socket, onRead: (bytes: number) => void): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('readable', () => {
    const part = socket.read() as Buffer | null;
    if (part === null) return;
    onRead(part.length);
    parts.push(part);
  });
  await new Promise((resolve) => socket.once('end', resolve));
  return Buffer.concat(parts);
}

describe('the inlet', () => {
  it('passes every byte on in order, a few slices at a time, whatever is paused and resumed in between', async () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.array(fc.nat(3), { maxLength: 30 }), async (sizes, pauses) => {
        const sent = [CONNECT, ...sizes.map(publish)];
        const { socket, inlet } = connectionOf(sent);
        let reads = 0;
        const received = await readAll(socket, (bytes) => {
          expect(bytes).toBeLessThanOrEqual(2 * SLICE_BYTES);
          const turns = pauses[reads++];
          if (turns === undefined) return;
          inlet.pause();
          const later = (left: number): void =>
            void (left === 0 ? inlet.resume() : setImmediate(later, left - 1));
          later(turns);
        });
        expect(received.equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('passes at most a slice on after it is paused, until it is resumed', async () => {
    const { socket, inlet } = connectionOf([CONNECT, publish(50_000), publish(50_000)]);
    let received = 0;
    socket.on('readable', () => {
      received += (socket.read() as Buffer | null)?.length ?? 0;
      inlet.pause();
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThanOrEqual(CONNECT.length + 2 * SLICE_BYTES);
  });

  it('hangs up on a violation and passes nothing more on', async () => {
    const { socket, violations } = connectionOf([CONNECT, publish(200_000), publish(10)]);
    socket.on('error', () => {});
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(violations).toEqual(['frame_too_long']);
  });
});
