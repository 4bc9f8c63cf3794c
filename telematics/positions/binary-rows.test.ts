import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRows, shortest } from './binary-rows.ts';

const HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);
const field = (bytes: Buffer | null) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes?.length ?? -1);
  return bytes === null ? length : Buffer.concat([length, bytes]);
};
const row = (...fields: (Buffer | null)[]) =>
  Buffer.concat([Buffer.from([0, fields.length]), ...fields.map(field)]);

test('rows are decoded, nulls too', () => {
  const instant = Buffer.alloc(8);
  instant.writeBigInt64BE(-1_000n);
  const bytes = Buffer.concat([
    HEAD,
    row(instant, Buffer.from([1]), null),
    row(null, Buffer.from([0]), Buffer.from('ü')),
    END,
  ]);
  const rows = decodeRows(bytes, 3, (next) => ({ at: next.instant(), on: next.bool(), said: next.text() }));
  expect(rows).toEqual([
    { at: new Date('1999-12-31T23:59:59.999Z'), on: true, said: null },
    { at: null, on: false, said: 'ü' },
  ]);
});

test('what is no such rows is refused', () => {
  expect(() => decodeRows(Buffer.from('PGCOPY?'), 1, () => null)).toThrow('no rows of a binary COPY');
  expect(() => decodeRows(Buffer.concat([HEAD, row(null), END]), 2, () => null)).toThrow('1 columns');
});

test('a four-byte number of up to six digits comes back as it was said', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -999_999, max: 999_999 }),
      fc.integer({ min: -8, max: 6 }),
      (digits, exponent) => {
        const said = Number(`${digits}e${exponent}`);
        expect(shortest(Math.fround(said))).toBe(said === 0 ? 0 : said);
      },
    ),
  );
});

test('whatever four bytes hold stays what it is', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (stored) => {
      expect(Math.fround(shortest(stored)) - stored).toBe(0);
    }),
  );
});
