import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryPacker, type UplinkMessage, unpackEntry } from './uplink-record.ts';

const message: fc.Arbitrary<UplinkMessage> = fc.record({
  deviceId: fc.maxSafeNat(),
  operatorId: fc.maxSafeNat(),
  receivedAtMs: fc.nat(4_000_000_000_000),
  unaddressed: fc.boolean(),
  topic: fc.string({ unit: 'grapheme', maxLength: 60 }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

function unpackAll(entry: Buffer): UplinkMessage[] {
  const messages: UplinkMessage[] = [];
  unpackEntry(entry, (unpacked, index) => {
    expect(index).toBe(messages.length);
    messages.push({ ...unpacked, payload: Buffer.from(unpacked.payload) });
  });
  return messages;
}

describe('an uplink entry', () => {
  it('gives back every message as it went in, in order', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 50 }), (messages) => {
        const packer = new EntryPacker(16);
        for (const one of messages) packer.add(one);
        expect(packer.count).toBe(messages.length);
        expect(unpackAll(packer.entry())).toEqual(messages);
      }),
    );
  });

  it('is empty again after clear, whatever was in the packer', () => {
    const packer = new EntryPacker();
    const one = {
      deviceId: 1,
      operatorId: 2,
      receivedAtMs: 3,
      unaddressed: true,
      topic: 't',
      payload: Buffer.from('p'),
    };
    packer.add(one);
    packer.clear();
    expect(unpackAll(packer.entry())).toEqual([]);
    packer.add({ ...one, deviceId: 9 });
    expect(unpackAll(packer.entry())).toMatchObject([{ deviceId: 9 }]);
  });

  it('that was written before there were gateways has no message of one', () => {
    // Device 1 of operator 2, received at 3, flags of then (possibly repeated), topic `t`, payload `p`.
    const double = (value: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return [...bytes];
    };
    const entry = Buffer.from([
      1,
      29,
      0,
      0,
      0,
      ...double(1),
      ...double(2),
      ...double(3),
      1,
      1,
      0,
      0x74,
      0x70,
    ]);
    expect(unpackAll(entry)).toEqual([
      {
        deviceId: 1,
        operatorId: 2,
        receivedAtMs: 3,
        unaddressed: false,
        topic: 't',
        payload: Buffer.from('p'),
      },
    ]);
  });

  it('is refused when it is cut off or of another version', () => {
    const packer = new EntryPacker();
    packer.add({
      deviceId: 1,
      operatorId: 2,
      receivedAtMs: 3,
      unaddressed: false,
      topic: 't',
      payload: Buffer.from('p'),
    });
    const entry = packer.entry();
    expect(() => unpackAll(entry.subarray(0, -1))).toThrow('cut off');
    expect(() => unpackAll(Buffer.from([9]))).toThrow('unknown version 9');
  });
});
