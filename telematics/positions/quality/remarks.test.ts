import { describe, expect, it } from 'vitest';
import { Remark, remarkNames, remarksOf } from './remarks.ts';

const bits: readonly number[] = Object.values(Remark);

describe('the remarks', () => {
  it('have a bit each, which fits into a smallint', () => {
    expect(new Set(bits).size).toBe(bits.length);
    for (const bit of bits) {
      expect(Number.isInteger(Math.log2(bit))).toBe(true);
      expect(bit).toBeLessThan(2 ** 15);
    }
  });

  it('have a name each, the bit’s own in the manner of the HTTP API', () => {
    const names = Object.entries(Remark).map(([name, bit]) => [
      [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)],
      remarksOf(bit),
    ]);
    for (const [expected, name] of names) expect(name).toEqual(expected);
    expect([...remarkNames].sort()).toEqual(bits.flatMap(remarksOf).sort());
    expect(new Set(remarkNames).size).toBe(bits.length);
  });

  it('are all named when all are set, in the order of the list, and none when none is', () => {
    expect(remarksOf(bits.reduce((all, bit) => all | bit, 0))).toEqual([...remarkNames]);
    expect(remarksOf(0)).toEqual([]);
  });
});
