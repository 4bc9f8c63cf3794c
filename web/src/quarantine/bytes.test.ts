import { expect, test } from 'vitest';
import { bytesOf, hexRows, isText, MAX_SHOWN_BYTES, textOf } from './bytes.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('base64 becomes the bytes that were sent', () => {
  expect([...bytesOf('AP+A')]).toEqual([0, 255, 128]);
  expect(bytesOf('')).toHaveLength(0);
});

test('JSON is indented and anything else shown as it came', () => {
  expect(textOf(utf8('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(textOf(utf8('{"a":'))).toBe('{"a":');
  expect(textOf(utf8('123'))).toBe('123');
});

test('control characters can be seen', () => {
  expect(textOf(Uint8Array.of(0x41, 0x00, 0x1b, 0x42))).toBe('A␀␛B');
});

test('text is told from bytes', () => {
  expect(isText(utf8('{"lat": "näher"}\n'), false)).toBe(true);
  expect(isText(Uint8Array.of(0, 0, 0, 0), false)).toBe(false);
  expect(isText(Uint8Array.of(0xff, 0xfe, 0x41), false)).toBe(false);
  expect(isText(Uint8Array.of(), false)).toBe(false);
});

test('text that is cut within a character is still text', () => {
  const cut = utf8('näher').subarray(0, 2);
  expect([isText(cut, true), isText(cut, false)]).toEqual([true, false]);
  expect(isText(Uint8Array.of(0xff, 0x41), true)).toBe(false);
});

test('hexadecimal comes in rows of sixteen with their text', () => {
  expect(hexRows(Uint8Array.from({ length: 18 }, (_, at) => at + 0x40))).toEqual([
    { offset: '0000', hex: '40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f', text: '@ABCDEFGHIJKLMNO' },
    { offset: '0010', hex: '50 51', text: 'PQ' },
  ]);
  expect(hexRows(Uint8Array.of(0, 0x7f, 0xff))[0]?.text).toBe('···');
});

test('a long payload is cut in both views', () => {
  const long = new Uint8Array(MAX_SHOWN_BYTES + 100).fill(0x61);
  expect(hexRows(long)).toHaveLength(MAX_SHOWN_BYTES / 16);
  expect(textOf(long)).toHaveLength(MAX_SHOWN_BYTES);
});
