import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand, MAX_COMMAND_CHARACTERS } from './codec12.ts';
import { crc16 } from './crc16.ts';

describe('Codec 12 commands', () => {
  // https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Protocols#Codec_12
  it.each([
    ['getinfo', '000000000000000f0c010500000007676574696e666f0100004312'],
    ['getio', '000000000000000d0c010500000005676574696f01000000cb'],
  ])('encodes %s as the wiki does', (text, expected) => {
    expect(encodeCommand(text).toString('hex')).toBe(expected);
  });

  it.each([
    ['', 'nothing'],
    ['setdigout 1\n', 'a line break'],
    ['setparam 2001:ümlaut', 'another letter than ASCII has'],
    ['a\0b', 'a zero byte'],
    ['a'.repeat(MAX_COMMAND_CHARACTERS + 1), 'too much'],
  ])('refuses %j: %s', (text) => {
    expect(() => encodeCommand(text)).toThrowError(expect.objectContaining({ code: 'unsendable_command' }));
  });

  it('encodes any printable text so that its length and CRC are right', () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: MAX_COMMAND_CHARACTERS,
    });
    fc.assert(
      fc.property(printable, (text) => {
        const packet = encodeCommand(text);
        expect(packet.readUInt32BE(4)).toBe(packet.length - 12);
        expect(packet.subarray(15, 15 + packet.readUInt32BE(11)).toString('latin1')).toBe(text);
        expect(packet.readUInt32BE(packet.length - 4)).toBe(crc16(packet, 8, packet.length - 4));
      }),
    );
  });
});

describe('CRC-16/IBM', () => {
  it('has the check value of its catalogue entry', () => {
    expect(crc16(Buffer.from('123456789'), 0, 9)).toBe(0xbb3d);
  });

  it('is that of the definition, bit by bit, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(5), (bytes, start) => {
        let crc = 0;
        for (const byte of bytes.subarray(start)) {
          crc ^= byte;
          for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 0 ? crc / 2 : ((crc - 1) / 2) ^ 0xa001;
        }
        expect(crc16(bytes, Math.min(start, bytes.length), bytes.length)).toBe(crc);
      }),
    );
  });
});
