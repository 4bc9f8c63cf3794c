import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { FrameGuard } from './frame-guard.ts';

const LIMITS = { maxConnectBytes: 200, maxFrameBytes: 1_000, maxUnknownBytes: 5_000 };

const connect = generate({
  cmd: 'connect',
  clientId: 'c',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
});
const publish = (bytes: number): Buffer =>
  generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, dup: false, retain: false });

/** What the guard says of a stream that arrives in the given pieces. */
function inspectInPieces(stream: Buffer, sizes: number[], known = true): string | null {
  const guard = new FrameGuard(LIMITS);
  guard.known = known;
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    const violation = guard.inspect(stream.subarray(at, at + size));
    if (violation) return violation;
    at += size;
  }
  return null;
}

describe('the frame guard', () => {
  it('lets any sequence of packets within the limits through, however it is cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.nat(900), { maxLength: 20 }), sizes, (payloads, pieces) => {
        const stream = Buffer.concat([connect, ...payloads.map(publish)]);
        expect(inspectInPieces(stream, pieces)).toBeNull();
      }),
    );
  });

  it('finds a packet that is too long wherever it stands, by its announced length alone', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 5 }), sizes, (before, pieces) => {
        const announced = publish(1_001).subarray(0, 4);
        const stream = Buffer.concat([connect, ...before.map(publish), announced]);
        expect(inspectInPieces(stream, pieces)).toBe('frame_too_long');
      }),
    );
  });

  it('holds a CONNECT to its own, shorter limit', () => {
    const long = generate({
      cmd: 'connect',
      clientId: 'c'.repeat(300),
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
    });
    expect(inspectInPieces(long, [])).toBe('frame_too_long');
  });

  it('refuses what does not begin with CONNECT, and lengths of more than four bytes', () => {
    expect(inspectInPieces(publish(1), [])).toBe('not_mqtt');
    expect(inspectInPieces(Buffer.from('GET / HTTP/1.1\r\n'), [])).toBe('not_mqtt');
    expect(inspectInPieces(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff]), [])).toBe('not_mqtt');
    expect(inspectInPieces(Buffer.concat([connect, Buffer.from([0xf0, 0])]), [])).toBe('not_mqtt');
  });

  it('bounds what may come before the login', () => {
    const stream = Buffer.concat([connect, ...Array.from({ length: 6 }, () => publish(900))]);
    expect(inspectInPieces(stream, [], false)).toBe('too_much_before_login');
    expect(inspectInPieces(stream, [], true)).toBeNull();
  });
});
