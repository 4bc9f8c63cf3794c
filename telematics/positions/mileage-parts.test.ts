import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestMileage, joinedTo, type MileagePart, sourceOf } from './mileage-parts.ts';

const HOUR_MS = 3_600_000;
const part = (given: Partial<MileagePart>): MileagePart => ({
  startMs: 0,
  positions: 60,
  distanceM: given.drivenM ?? 0,
  drivenM: 0,
  odometerM: null,
  isAnotherScale: false,
  unseenS: 0,
  ...given,
});

const anyPart: fc.Arbitrary<MileagePart> = fc
  .record({
    drivenM: fc.integer({ min: 0, max: 120_000 }),
    wanderedM: fc.integer({ min: 0, max: 3_000 }),
    odometerM: fc.option(fc.integer({ min: 0, max: 200_000 })),
    isAnotherScale: fc.boolean(),
    unseenS: fc.integer({ min: 0, max: 3_600 }),
  })
  .map(({ wanderedM, ...given }) => part({ ...given, distanceM: given.drivenM + wanderedM }));

describe('the mileage of a part', () => {
  it.each([
    ['without an odometer', { drivenM: 9_000 }, 'distance'],
    ['with one that agrees', { drivenM: 9_000, odometerM: 9_800 }, 'odometer'],
    ['with one that counts whole kilometres', { drivenM: 400, odometerM: 1_000 }, 'odometer'],
    ['with one that has not yet counted the kilometre', { drivenM: 900, odometerM: 0 }, 'odometer'],
    ['with one that is stuck', { drivenM: 9_000, odometerM: 0 }, 'distance'],
    ['with one in the wrong unit', { drivenM: 9_000, odometerM: 90_000 }, 'distance'],
    ['with one that was replaced', { drivenM: 9_000, odometerM: 9_800, isAnotherScale: true }, 'distance'],
    ['partly unseen', { drivenM: 9_000, odometerM: 60_000, unseenS: 1_800 }, 'odometer'],
    ['unseen for less than that takes', { drivenM: 9_000, odometerM: 60_000, unseenS: 600 }, 'distance'],
    ['parked, with fixes that wander', { drivenM: 0, distanceM: 2_500, odometerM: 0 }, 'odometer'],
  ])('%s is from its source', (_what, given, source) => {
    expect(sourceOf(part(given))).toBe(source);
  });

  it('adds up: the best of some parts and of the others is that of all', () => {
    fc.assert(
      fc.property(fc.array(anyPart), fc.array(anyPart), (some, others) => {
        const apart = bestMileage(some).bestM + bestMileage(others).bestM;
        expect(bestMileage([...some, ...others]).bestM).toBe(apart);
      }),
    );
  });

  it('lies between nothing and the greater of what both say', () => {
    fc.assert(
      fc.property(anyPart, (one) => {
        const { bestM } = bestMileage([one]);
        expect(bestM).toBeGreaterThanOrEqual(0);
        expect(bestM).toBeLessThanOrEqual(Math.max(one.drivenM, one.odometerM ?? 0));
      }),
    );
  });
});

describe('what came before the range', () => {
  const fix = { partMs: 0, atMs: 600_000, distanceM: 5_000, drivenM: 5_000 };
  const reading = { partMs: 0, atMs: 600_000, odometerM: 71_000, isAnotherScale: false };
  const parts = [part({ drivenM: 9_000, odometerM: 4_000 }), part({ startMs: HOUR_MS, drivenM: 100 })];

  it('takes off the first leg of an installation and adds no step', () => {
    const before = { goodFixMs: null, odometerM: null };
    expect(joinedTo(before, parts, fix, reading)).toEqual([
      part({ drivenM: 4_000, distanceM: 4_000, odometerM: 4_000 }),
      parts[1],
    ]);
  });

  it('adds the step onto the first reading, and the time unseen, to the part that they end in', () => {
    const before = { goodFixMs: 0, odometerM: 68_000 };
    expect(joinedTo(before, parts, fix, reading)).toEqual([
      part({ drivenM: 9_000, odometerM: 7_000, unseenS: 480 }),
      parts[1],
    ]);
  });

  it('adds no step onto another scale, nor one back', () => {
    const before = { goodFixMs: 590_000, odometerM: 68_000 };
    const replaced = { ...reading, isAnotherScale: true };
    expect(joinedTo(before, parts, fix, replaced)[0]!.odometerM).toBe(4_000);
    expect(joinedTo({ ...before, odometerM: 71_500 }, parts, fix, reading)[0]!.odometerM).toBe(4_000);
  });
});
