import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPosition } from './adapters/empty-position.ts';
import { mergeAlarms, mergePositions } from './merge.ts';
import type { Position } from './position.ts';
import { Doubt } from './quality/doubts.ts';
import { MISDATED } from './quality/verdict.ts';
import { INSTANT_MS, positionOfOneInstant } from './testing/arbitrary-position.ts';

const at = (more: Partial<Position>): Position => ({
  ...emptyPosition(INSTANT_MS, { receivedAtMs: INSTANT_MS }),
  ...more,
});
const fix = (lat: number, more: Partial<Position> = {}): Position =>
  at({ lat, lon: 32.5, doubts: 0, ...more });

describe('two messages of the same instant', () => {
  it('say the same together in either order, in any grouping, and however often', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, positionOfOneInstant, (a, b, c) => {
        expect(mergePositions(a, b)).toEqual(mergePositions(b, a));
        expect(mergePositions(mergePositions(a, b), c)).toEqual(mergePositions(a, mergePositions(b, c)));
        expect(mergePositions(mergePositions(a, b), b)).toEqual(mergePositions(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the first one itself when the second adds nothing', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        expect(mergePositions(a, structuredClone(a))).toBe(a);
        const both = mergePositions(a, b);
        expect(mergePositions(both, b)).toBe(both);
        expect(mergePositions(both, a)).toBe(both);
      }),
    );
  });

  it('are left as they were', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const before = JSON.stringify([a, b]);
        mergePositions(a, b);
        expect(JSON.stringify([a, b])).toBe(before);
      }),
    );
  });

  it('add to each other what only one of them says', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const both = mergePositions(a, b);
        for (const field of Object.keys(a) as (keyof Position)[]) {
          // A place may give way to none: that has a test of its own.
          if (field === 'lat' || field === 'lon') continue;
          expect([field, both[field] === null]).toEqual([field, a[field] === null && b[field] === null]);
        }
        const alarms = [a.alarm, b.alarm].flatMap((alarm) => alarm?.split(',') ?? []);
        expect(new Set(both.alarm?.split(',') ?? [])).toEqual(new Set(alarms));
        const keys = [...Object.keys(a.attributes ?? {}), ...Object.keys(b.attributes ?? {})];
        expect(new Set(Object.keys(both.attributes ?? {}))).toEqual(new Set(keys));
        expect(both.receivedAtMs).toBe(Math.min(a.receivedAtMs, b.receivedAtMs));
        expect(both.remarks).toBe(a.remarks | b.remarks);
      }),
    );
  });

  it('keep the place of one of them with what the device says of it, never half of each', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const placeOf = ({ lat, lon, doubts }: Position) => [lat, lon, doubts & Doubt.noFix];
        expect([placeOf(a), placeOf(b)]).toContainEqual(placeOf(mergePositions(a, b)));
      }),
    );
  });
});

describe('the place of two messages', () => {
  it.each<[string, Position, Position]>([
    ['a fix, not greater coordinates without one', fix(0.25), fix(60, { doubts: Doubt.noFix })],
    ['coordinates, not none', fix(0.25, { doubts: Doubt.noFix }), at({})],
    ['a fix, not none', fix(-5), at({})],
    ['the greater of two fixes', fix(0.3), fix(0.25)],
    [
      'a fix of this time, not one that only stands under it',
      fix(0.25),
      fix(60, { doubts: Doubt.clockUnset }),
    ],
    ['no fix of this time, not a fix of another', at({}), fix(60, { doubts: Doubt.future })],
  ])('is %s', (_name, stands, gives) => {
    expect(mergePositions(gives, stands)).toMatchObject({ lat: stands.lat, lon: stands.lon });
    expect(mergePositions(stands, gives)).toMatchObject({ lat: stands.lat, lon: stands.lon });
  });
});

describe('a time in doubt', () => {
  it('stays so when neither message knows the time, whatever is wrong with each', () => {
    const unset = fix(1, { doubts: Doubt.clockUnset });
    const ahead = fix(2, { doubts: Doubt.future });
    expect(mergePositions(unset, ahead).doubts).toBe(Doubt.clockUnset | Doubt.future);
    expect(mergePositions(unset, { ...unset, batteryV: 12 }).doubts).toBe(Doubt.clockUnset);
  });

  it('is none when one of them knows it', () => {
    fc.assert(
      fc.property(positionOfOneInstant, positionOfOneInstant, (a, b) => {
        const isKnown = [a, b].some(({ doubts }) => (doubts & MISDATED) === 0);
        expect((mergePositions(a, b).doubts & MISDATED) === 0).toBe(isKnown);
      }),
    );
  });
});

describe('attributes of two messages', () => {
  const merged = (a: string, b: string): string =>
    JSON.stringify(
      mergePositions(at({ attributes: JSON.parse(a) }), at({ attributes: JSON.parse(b) })).attributes,
    );

  it('keep a key that an assignment would take for the prototype', () => {
    expect(merged('{"a":1}', '{"__proto__":{"x":1}}')).toBe('{"a":1,"__proto__":{"x":1}}');
    expect(merged('{"__proto__":1}', '{"a":1}')).toBe('{"__proto__":1,"a":1}');
    expect(merged('{"__proto__":1}', '{"__proto__":2}')).toBe('{"__proto__":2}');
  });

  it('are the same however the keys within a value are ordered', () => {
    const first = at({ attributes: { v: { a: 1, b: [{ c: 1, d: 2 }] } } });
    expect(mergePositions(first, at({ attributes: { v: { b: [{ d: 2, c: 1 }], a: 1 } } }))).toBe(first);
  });

  it('are merged in a moment, and the first 2,000 by name stay', () => {
    const keys = (letter: string) =>
      Object.fromEntries(Array.from({ length: 1_300 }, (_, at) => [`${letter}${at}`, at]));
    const [a, b] = [at({ attributes: keys('a') }), at({ attributes: keys('b') })];
    const tookMs = Math.min(
      ...Array.from({ length: 5 }, () => {
        const startedAtMs = performance.now();
        expect(Object.keys(mergePositions(a, b).attributes!)).toHaveLength(2_000);
        expect(mergePositions(a, b)).toEqual(mergePositions(b, a));
        return performance.now() - startedAtMs;
      }),
    );
    expect(tookMs).toBeLessThan(100);
  });

  it('are compared however deep they are nested', () => {
    const nested = (inner: string): string => `{"a":${'['.repeat(4_000)}${inner}${']'.repeat(4_000)}}`;
    expect(merged(nested('1'), nested('2'))).toBe(nested('2'));
    expect(merged(nested('2'), nested('1'))).toBe(nested('2'));
  });
});

describe('alarms of one instant', () => {
  it('are a sorted list without repetitions, whatever each message lists', () => {
    expect(mergeAlarms('sos', 'powerCut')).toBe('powerCut,sos');
    expect(mergeAlarms('powerCut,towing', 'sos,towing')).toBe('powerCut,sos,towing');
    expect(mergeAlarms('sos', null)).toBe('sos');
    expect(mergeAlarms(null, 'sos')).toBe('sos');
    expect(mergeAlarms(null, null)).toBe(null);
  });
});
