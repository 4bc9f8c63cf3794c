import fc from 'fast-check';
import type { Position } from '../position.ts';
import { Doubt } from '../quality/doubts.ts';
import { Remark } from '../quality/remarks.ts';

/** The fix time of `positionOfOneInstant`, noon of a day for which tests have a partition or not. */
export const INSTANT_MS = Date.UTC(2026, 10, 20, 12);

// Eighths, which a `real` column holds exactly: what comes back can be compared.
const eighths = (max: number): fc.Arbitrary<number> => fc.nat(max * 8).map((value) => value / 8);
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });

const value = fc.oneof(
  fc.nat(9),
  fc.boolean(),
  fc.constantFrom('x', 'é', '"', null),
  fc.constantFrom([], [1, 2], [2, 1], {}, { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, { a: 2 }),
);

/** A key that an assignment would take for the prototype is a key like others. */
const attributes = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'ключ', '__proto__', '7'), value), { minLength: 1, maxLength: 5 })
  .map((entries): Record<string, unknown> => Object.fromEntries(entries));

const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom([0.25, 32.5], [0.312_5, 32.562_5], [-1.5, -0.125], [91, 32.5]) },
  { weight: 1, arbitrary: fc.constant([null, null]) },
);

/** Positions of the same instant that often disagree, as they are after their times were settled. */
export const positionOfOneInstant: fc.Arbitrary<Position> = fc
  .record({
    place,
    isFix: fc.boolean(),
    misdated: fc.constantFrom(0, 0, 0, Doubt.future, Doubt.clockUnset),
    isRolledOver: fc.boolean(),
    rest: fc.record({
      receivedAtMs: fc.nat(1_000).map((ms) => INSTANT_MS + ms),
      speedKmh: orNull(eighths(200)),
      headingDeg: orNull(eighths(360)),
      altitudeM: orNull(eighths(4_000)),
      accuracyM: orNull(eighths(100)),
      satellites: orNull(fc.nat(30)),
      ignition: orNull(fc.boolean()),
      odometerM: orNull(fc.nat(1_000_000)),
      batteryV: orNull(eighths(30)),
      alarm: orNull(fc.constantFrom('powerCut', 'sos', 'towing', 'powerCut,sos', 'Zone')),
      attributes: orNull(attributes),
    }),
  })
  .map(({ place: [lat, lon], isFix, misdated, isRolledOver, rest }) => ({
    fixTimeMs: INSTANT_MS,
    receivedAtMs: rest.receivedAtMs,
    lat: lat ?? null,
    lon: lon ?? null,
    speedKmh: rest.speedKmh,
    headingDeg: rest.headingDeg,
    altitudeM: rest.altitudeM,
    accuracyM: rest.accuracyM,
    satellites: rest.satellites,
    ignition: rest.ignition,
    odometerM: rest.odometerM,
    batteryV: rest.batteryV,
    alarm: rest.alarm,
    attributes: rest.attributes,
    doubts: misdated | (isFix && lat !== null ? 0 : Doubt.noFix),
    remarks: misdated !== 0 ? Remark.placedAtReceipt : isRolledOver ? Remark.weekRolloverCorrected : 0,
  }));
