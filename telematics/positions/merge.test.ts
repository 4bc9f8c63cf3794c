import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePositions } from './merge.ts';
import { positionOfOneInstant } from './testing/arbitrary-position.ts';

describe('two messages of the same instant', () => {
  it('say the same together in either order, in any grouping, and however often', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, positionOfOneInstant, (a, b, c) => {
        expect(mergePositions(a, b)).toEqual(mergePositions(b, a));
        expect(mergePositions(mergePositions(a, b), c)).toEqual(mergePositions(a, mergePositions(b, c)));
        expect(mergePositions(a, a)).toEqual(a);
        expect(mergePositions(mergePositions(a, b), b)).toEqual(mergePositions(a, b));
      }),
    );
  });

  it('add to each other what only one of them says', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const both = mergePositions(a, b);
        expect(both.speedKmh === null).toBe(a.speedKmh === null && b.speedKmh === null);
        const alarms = [a.alarm, b.alarm].flatMap((alarm) => alarm?.split(',') ?? []);
        expect(new Set(both.alarm?.split(',') ?? [])).toEqual(new Set(alarms));
        const keys = [...Object.keys(a.attributes ?? {}), ...Object.keys(b.attributes ?? {})];
        expect(new Set(Object.keys(both.attributes ?? {}))).toEqual(new Set(keys));
      }),
    );
  });

  it('keep the place of one of them, never half of each', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const { lat, lon } = mergePositions(a, b);
        expect([
          [a.lat, a.lon],
          [b.lat, b.lon],
        ]).toContainEqual([lat, lon]);
      }),
    );
  });
});
