import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableJson } from './storable-text.ts';

/** What PostgreSQL refuses in a text. */
const holdsUnstorable = (text: string): boolean => text.includes('\0') || !text.isWellFormed();

describe('a storable JSON text', () => {
  it('says the same with U+FFFD for each character that cannot be stored', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const stored = JSON.parse(storableJson(JSON.stringify(texts))) as string[];
        expect(stored.some(holdsUnstorable)).toBe(false);
        expect(stored).toEqual(texts.map((one) => one.toWellFormed().replaceAll('\0', '\ufffd')));
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
