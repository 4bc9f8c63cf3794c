import fc from 'fast-check';
import type { Position } from '../position.ts';

/** The fix time of `positionOfOneInstant`, noon of a day for which tests have a partition or not. */
export const INSTANT_MS = Date.UTC(2026, 10, 20, 12);

// Eighths, which a `real` column holds exactly: what comes back can be compared.
const eighths = (max: number): fc.Arbitrary<number> => fc.nat(max * 8).map((value) => value / 8);
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });

/** Positions of the same instant that often disagree. */
export const positionOfOneInstant: fc.Arbitrary<Position> = fc.record({
  fixTimeMs: fc.constant(INSTANT_MS),
  receivedAtMs: fc.nat(1_000).map((ms) => INSTANT_MS + ms),
  lat: fc.constantFrom(0.25, 0.3125, -1.5),
  lon: fc.constantFrom(32.5, 32.5625, -0.125),
  speedKmh: orNull(eighths(200)),
  headingDeg: orNull(eighths(360)),
  altitudeM: orNull(eighths(4_000)),
  accuracyM: orNull(eighths(100)),
  satellites: orNull(fc.nat(30)),
  ignition: orNull(fc.boolean()),
  odometerM: orNull(fc.nat(1_000_000)),
  batteryV: orNull(eighths(30)),
  alarm: orNull(fc.constantFrom('powerCut', 'sos', 'towing', 'Zone')),
  attributes: orNull(
    fc.dictionary(
      fc.constantFrom('a', 'b', 'ключ'),
      fc.oneof(fc.nat(99), fc.boolean(), fc.constantFrom('x', 'é', '"')),
      {
        minKeys: 1,
        noNullPrototype: true,
      },
    ),
  ),
});
