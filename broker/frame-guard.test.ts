import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { FrameGuard } from './frame-guard.ts';

const LIMITS = {
  maxConnectBytes: 200,
  maxFrameBytes: 1_000,
  maxUnknownBytes: 5_000,
  maxControlBytes: 500,
  maxControlPacketsPerS: 10,
  maxControlPacketBurst: 20,
};

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
  const guard = new FrameGuard(LIMITS, 0);
  guard.known = known;
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    const violation = guard.inspect(stream.subarray(at, at + size), 0);
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

  describe('of packets that are no PUBLISH', () => {
    const filter = (topic: string) =>
      generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] });
    const ping = generate({ cmd: 'pingreq' });
    const guardAfterConnect = (): FrameGuard => {
      const guard = new FrameGuard(LIMITS, 0);
      guard.known = true;
      expect(guard.inspect(connect, 0)).toBeNull();
      return guard;
    };
    /** How many of a packet, all at one moment, are let through. */
    const letThrough = (guard: FrameGuard, packet: Buffer, nowMs: number): number => {
      for (let count = 0; count < 1_000; count += 1) {
        if (guard.inspect(packet, nowMs) === 'too_many_control_packets') return count;
      }
      return 1_000;
    };

    it.each([
      ['SUBSCRIBE', filter('d1/commands')],
      ['UNSUBSCRIBE', generate({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['d1/commands'] })],
      ['PINGREQ', ping],
      ['PUBACK', generate({ cmd: 'puback', messageId: 1 })],
      ['PUBREL', generate({ cmd: 'pubrel', messageId: 1 })],
    ])('lets a burst of %s through, and no flood', (_, packet) => {
      expect(letThrough(guardAfterConnect(), packet, 0)).toBe(LIMITS.maxControlPacketBurst - 1);
    });

    it('lets the rate through for ever', () => {
      const guard = guardAfterConnect();
      for (let sent = 1; sent < 500; sent += 1) expect(guard.inspect(ping, sent * 100)).toBeNull();
    });

    it('counts a long SUBSCRIBE as several, and refuses a longer one', () => {
      expect(letThrough(guardAfterConnect(), filter('x'.repeat(256)), 0)).toBe(6);
      expect(guardAfterConnect().inspect(filter('x'.repeat(500)), 0)).toBe('frame_too_long');
    });

    it('counts neither a PUBLISH nor the PUBREL that belongs to it', () => {
      const guard = guardAfterConnect();
      const exactlyOnce = generate({
        cmd: 'publish',
        topic: 't',
        payload: '',
        qos: 2,
        messageId: 1,
        dup: false,
        retain: false,
      });
      const release = generate({ cmd: 'pubrel', messageId: 1 });
      for (let sent = 0; sent < 500; sent += 1) {
        expect(guard.inspect(exactlyOnce, 0)).toBeNull();
        expect(guard.inspect(publish(1), 0)).toBeNull();
        expect(guard.inspect(release, 0)).toBeNull();
      }
      expect(letThrough(guard, release, 0)).toBe(LIMITS.maxControlPacketBurst - 1);
    });
  });
});
