import { describe, expect, it } from 'vitest';
import { Doubt, doubtNames, doubtsOf } from './doubts.ts';

const bits: readonly number[] = Object.values(Doubt);

describe('the doubts', () => {
  it('have a bit each, which fits into a smallint', () => {
    expect(new Set(bits).size).toBe(bits.length);
    for (const bit of bits) {
      expect(Number.isInteger(Math.log2(bit))).toBe(true);
      expect(bit).toBeLessThan(2 ** 15);
    }
  });

  it('have a name each, the bit’s own in the manner of the HTTP API', () => {
    const names = Object.entries(Doubt).map(([name, bit]) => [
      [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)],
      doubtsOf(bit),
    ]);
    for (const [expected, name] of names) expect(name).toEqual(expected);
    expect([...doubtNames].sort()).toEqual(bits.flatMap(doubtsOf).sort());
    expect(new Set(doubtNames).size).toBe(bits.length);
  });

  it('are all named when all are set, in the order of the list, and none when none is', () => {
    expect(doubtsOf(bits.reduce((all, bit) => all | bit, 0))).toEqual([...doubtNames]);
    expect(doubtsOf(0)).toEqual([]);
  });
});
