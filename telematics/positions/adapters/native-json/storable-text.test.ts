import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableJson } from './storable-text.ts';

/** What PostgreSQL refuses in a text. */
const holdsUnstorable = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

describe('a storable JSON text', () => {
  it('says the same with U+FFFD for each character that cannot be stored', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.dictionary(text, text), (attributes) => {
        const json = JSON.stringify(attributes);
        const expected = Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [
            key.toWellFormed().replaceAll('\0', '\ufffd'),
            value.toWellFormed().replaceAll('\0', '\ufffd'),
          ]),
        );
        const stored = JSON.parse(storableJson(json)) as Record<string, string>;
        expect(Object.entries(stored).flat().some(holdsUnstorable)).toBe(false);
        if (Object.keys(expected).length === Object.keys(attributes).length) expect(stored).toEqual(expected);
      }),
    );
  });

  it('takes linear time whatever the backslashes', () => {
    const json = JSON.stringify({ a: `${'\\'.repeat(200_000)}\0` });
    const startedAtMs = performance.now();
    storableJson(json);
    expect(performance.now() - startedAtMs).toBeLessThan(200);
  });
});
