import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identText, MAX_IDENTS_PER_MESSAGE, splitByIdent } from './json-gateway.ts';

const identOf = (item: unknown) => identText((item as { ident?: unknown } | null)?.ident, 'ident');
const split = (message: unknown) => splitByIdent(Buffer.from(JSON.stringify(message)), identOf);

describe('the message of a gateway', () => {
  it('is its own part, byte for byte, when it is about one device', () => {
    const payload = Buffer.from(' [{"ident":"a", "x":1.0},{"ident":"a"}]');
    expect(splitByIdent(payload, identOf)).toEqual([{ ident: 'a', payload }]);
    expect(splitByIdent(Buffer.from('{"ident":"b"}'), identOf)).toMatchObject([{ ident: 'b' }]);
  });

  it('is split by device, each in its order, and nothing is lost', () => {
    const items = fc.array(fc.record({ ident: fc.constantFrom('a', 'b', 'c'), at: fc.integer() }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(items, (message) => {
        const parts = split(message);
        if (!Array.isArray(parts)) throw new Error(parts.detail);
        expect(new Set(parts.map(({ ident }) => ident)).size).toBe(parts.length);
        for (const { ident, payload } of parts) {
          expect(JSON.parse(payload.toString())).toEqual(message.filter((item) => item.ident === ident));
        }
        const idents = new Set(message.map(({ ident }) => ident));
        expect(parts.length).toBe(idents.size);
      }),
    );
  });

  it('may write an IMEI as a number', () => {
    expect(split([{ ident: 867_000_000_000_001 }])).toMatchObject([{ ident: '867000000000001' }]);
  });

  it.each([
    [[{ ident: 'a' }, {}], 'missing_field', 1],
    [[{ ident: null }], 'missing_field', 0],
    [[{ ident: '' }], 'invalid_field', 0],
    [[{ ident: ' ' }], 'invalid_field', 0],
    [[{ ident: 'x'.repeat(65) }], 'invalid_field', 0],
    [[{ ident: { a: 1 } }], 'invalid_field', 0],
    [[{ ident: 1.5 }], 'invalid_field', 0],
    [[], 'malformed', 0],
  ])('%j is refused as %s', (message, reason, item) => {
    expect(split(message)).toMatchObject({ reason, item, detail: expect.stringMatching(/./) });
  });

  it('is refused when it speaks for too many devices or holds too much', () => {
    const devices = Array.from({ length: MAX_IDENTS_PER_MESSAGE + 1 }, (_, at) => ({ ident: `i${at}` }));
    expect(split(devices)).toMatchObject({ reason: 'too_many_positions' });
    expect(split(devices.slice(1))).toHaveLength(MAX_IDENTS_PER_MESSAGE);
    expect(split(Array.from({ length: 1_001 }, () => ({ ident: 'a' })))).toMatchObject({
      reason: 'too_many_positions',
    });
  });
});
