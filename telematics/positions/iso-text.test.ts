import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoText } from './iso-text.ts';

test('the text of any instant is that of toISOString, whatever came before it', () => {
  fc.assert(
    fc.property(fc.array(fc.date({ noInvalidDate: true }), { maxLength: 20 }), (instants) => {
      for (const instant of instants) expect(isoText(instant)).toBe(instant.toISOString());
    }),
  );
});

test('what is no instant is refused as toISOString does', () => {
  expect(() => isoText(new Date(Number.NaN))).toThrow('Invalid time value');
});
