import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPosition } from '../adapters/empty-position.ts';
import type { Position } from '../position.ts';
import { Doubt, doubtsOf } from './doubts.ts';
import { ownDoubts } from './plausibility.ts';
import { defaultThresholds, thresholds } from './thresholds.ts';

const CAR = defaultThresholds.car;
const NOW = Date.UTC(2026, 10, 20, 10);
const fix = (more: Partial<Position>): Position => ({
  ...emptyPosition(NOW, { receivedAtMs: NOW }),
  lat: 0.25,
  lon: 32.5,
  doubts: 0,
  ...more,
});
const named = (more: Partial<Position>, set = CAR): string[] => doubtsOf(ownDoubts(fix(more), set));

describe('what speaks against a position by itself', () => {
  it('is nothing for a fix that says no more than when and where', () => {
    expect(named({})).toEqual([]);
  });

  it.each<[string, Partial<Position>, string[]]>([
    ['no coordinates', { lat: null, lon: null }, ['no_fix']],
    ['coordinates that the device calls no fix', { doubts: Doubt.noFix }, ['no_fix']],
    [
      'unset coordinates that the device calls no fix',
      { lat: 0, lon: 0, doubts: Doubt.noFix },
      ['no_fix', 'null_island'],
    ],
    ['a latitude beyond the poles', { lat: 90.000_001 }, ['out_of_range']],
    ['a latitude beyond the south pole', { lat: -1e300 }, ['out_of_range']],
    ['a longitude beyond the antimeridian', { lon: 180.000_001 }, ['out_of_range']],
    ['a longitude beyond it in the west', { lon: -181 }, ['out_of_range']],
    ['the north pole at the antimeridian', { lat: 90, lon: 180 }, []],
    ['the south pole', { lat: -90, lon: -180 }, []],
    ['zero and zero', { lat: 0, lon: 0 }, ['null_island']],
    ['a hundred metres from there', { lat: -0.000_9, lon: 0.000_9 }, ['null_island']],
    ['on the equator, elsewhere', { lat: 0 }, []],
    ['on the meridian, elsewhere', { lon: 0 }, []],
    ['a little off null island', { lat: 0.001, lon: 0 }, []],
    ['five minutes fast', { fixTimeMs: NOW + 300_000 }, []],
    ['a millisecond more', { fixTimeMs: NOW + 300_001 }, ['future']],
    ['a year late', { fixTimeMs: NOW - 365 * 86_400_000 }, []],
    ['an accuracy that still serves', { accuracyM: 200 }, []],
    ['an accuracy that does not', { accuracyM: 200.1 }, ['inaccurate']],
    ['three satellites', { satellites: 3 }, []],
    ['two', { satellites: 2 }, ['few_satellites']],
    ['none, which is a number too', { satellites: 0 }, ['few_satellites']],
    ['a clock that settleTime found unset', { doubts: Doubt.clockUnset }, ['clock_unset']],
    [
      'everything at once',
      { lat: 91, fixTimeMs: NOW + 1e6, accuracyM: 1e5, satellites: 0 },
      ['out_of_range', 'future', 'inaccurate', 'few_satellites'],
    ],
  ])('%s', (_name, more, doubts) => {
    expect(named(more)).toEqual(doubts);
  });

  it('goes by the thresholds that are set', () => {
    const set = { ...CAR, maxAheadS: 0, maxAccuracyM: 10, minSatellites: 0 };
    expect(named({ fixTimeMs: NOW + 1, accuracyM: 10.5, satellites: 0 }, set)).toEqual([
      'future',
      'inaccurate',
    ]);
  });

  it('is the same of a value before it is stored as a 32-bit float and after', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 400, noNaN: true }), (accuracyM) => {
        expect(named({ accuracyM: Math.fround(accuracyM) })).toEqual(named({ accuracyM }));
      }),
    );
  });

  it('never takes back what the device or its clock gave away', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(Doubt.noFix, Doubt.future, Doubt.clockUnset),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (doubts, lat) => {
          expect(ownDoubts(fix({ doubts, lat }), CAR) & doubts).toBe(doubts);
        },
      ),
    );
  });
});

describe('the default thresholds', () => {
  it.each(Object.entries(defaultThresholds))('of a %s are ones that an operator may set', (_kind, set) => {
    expect(thresholds.parse(set)).toEqual(set);
  });
});
