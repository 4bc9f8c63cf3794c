import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isDeeperThan,
  MAX_ATTRIBUTES_BYTES,
  MAX_ATTRIBUTES_DEPTH,
  storableAttributes,
} from './attributes.ts';

describe('attributes', () => {
  it('are left alone when the database can hold them, and null when there are none', () => {
    const attributes = { fuelPercent: 40, 'key.with.dots': [1, { a: null }], ключ: '\\u0000' };
    expect(storableAttributes(attributes)).toBe(attributes);
    expect(storableAttributes({})).toBe(null);
    expect(storableAttributes({ a: undefined })).toBe(null);
  });

  it('are without what PostgreSQL cannot hold, in values and in keys', () => {
    expect(storableAttributes({ 'a\0': 'x\0y', b: ['\ud800', '\ud83d\ude00'], c: { d: '\udc00' } })).toEqual({
      'a\ufffd': 'x\ufffdy',
      b: ['\ufffd', '\ud83d\ude00'],
      c: { d: '\ufffd' },
    });
  });

  it.each([
    ['of one byte each', 'x', 1],
    ['of two', 'é', 2],
    ['of three', '€', 3],
  ])('are too long beyond a number of bytes, not of characters: %s', (_name, character, bytes) => {
    const room = MAX_ATTRIBUTES_BYTES - Buffer.byteLength('{"a":""}');
    const most = { a: character.repeat(Math.floor(room / bytes)) };
    expect(storableAttributes(most)).toBe(most);
    expect(storableAttributes({ a: `${most.a}${character}` })).toBe('too_long');
  });

  it('are too long when they nest deeper than a number of levels, their own included', () => {
    const nested = (levels: number): Record<string, unknown> => {
      let value: Record<string, unknown> = { a: 1 };
      for (let level = 1; level < levels; level += 1) value = { a: value };
      return value;
    };
    const most = nested(MAX_ATTRIBUTES_DEPTH);
    expect(storableAttributes(most)).toBe(most);
    expect(storableAttributes(nested(MAX_ATTRIBUTES_DEPTH + 1))).toBe('too_long');
    expect([isDeeperThan(0, 1), isDeeperThan(0, []), isDeeperThan(1, [1]), isDeeperThan(1, [[]])]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('keep a key that an assignment would take for the prototype', () => {
    const attributes = JSON.parse('{"__proto__":"a\\u0000"}') as Record<string, unknown>;
    expect(JSON.stringify(storableAttributes(attributes))).toBe('{"__proto__":"a\ufffd"}');
  });

  it('can be stored, or are too long, whatever they are', () => {
    const text = fc.string({ unit: 'binary' });
    const key = fc.oneof(text, fc.constantFrom('\0', '\ud800', '__proto__'));
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue({ stringUnit: 'binary' }), { noNullPrototype: true }),
        (any) => {
          const storable = storableAttributes(any);
          const isTooLong = storable === 'too_long';
          const json = isTooLong ? '' : JSON.stringify(storable ?? {});
          expect(isTooLong).toBe(Buffer.byteLength(JSON.stringify(any)) > MAX_ATTRIBUTES_BYTES);
          expect(json).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
          expect(Buffer.byteLength(json)).toBeLessThanOrEqual(MAX_ATTRIBUTES_BYTES);
        },
      ),
    );
  });
});
