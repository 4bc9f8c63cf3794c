import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReplyReader } from './reply-reader.ts';

type Reply = ['connack', number] | ['puback', number] | ['pong', 0];

const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.tuple(fc.constant('connack' as const), fc.nat(5)),
  fc.tuple(fc.constant('puback' as const), fc.integer({ min: 1, max: 65_535 })),
  fc.constant(['pong', 0] as ['pong', 0]),
);

function bytesOf([kind, value]: Reply): number[] {
  if (kind === 'connack') return [0x20, 2, 0, value];
  if (kind === 'puback') return [0x40, 2, value >> 8, value & 0xff];
  return [0xd0, 0];
}

function collect() {
  const seen: Reply[] = [];
  const read = createReplyReader({
    connack: (code) => seen.push(['connack', code]),
    puback: (id) => seen.push(['puback', id]),
  });
  return { seen, read };
}

test('however the stream is cut, the same replies are read in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(reply, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 })),
      (replies, cuts) => {
        const stream = Uint8Array.from(replies.flatMap(bytesOf));
        const { seen, read } = collect();
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const length = Math.min(cuts[cut % Math.max(1, cuts.length)] ?? stream.length, stream.length - at);
          // Read buffers are longer than what was read.
          const chunk = new Uint8Array(64_000);
          chunk.set(stream.subarray(at, at + length));
          expect(read(chunk, length)).toBe(true);
          at += length;
        }
        expect(seen).toEqual(replies.filter(([kind]) => kind !== 'pong'));
      },
    ),
  );
});

test('something that is not MQTT is noticed', () => {
  const { seen, read } = collect();
  expect(read(Buffer.from('HTTP/1.1 400'), 12)).toBe(false);
  expect(seen).toHaveLength(0);
});
