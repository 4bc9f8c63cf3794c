import fc from 'fast-check';
import { distanceM } from '../../positions/distance.ts';
import { Remark } from '../../positions/quality/remarks.ts';
import type { RuleFix } from '../rule.ts';

const START_MS = Date.UTC(2026, 10, 1, 15);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const METRES_PER_DEGREE = 111_195;

/** What happens between two fixes: driven, carried, parked for hours, or not seen at all. */
const step = fc.record({
  what: fc.constantFrom('drive', 'drive', 'carry', 'sleep', 'stand', 'unseen', 'doubt'),
  northM: fc.integer({ min: -9_000, max: 9_000 }),
  hours: fc.integer({ min: 1, max: 30 }),
  isHome: fc.boolean(),
  hasIgnition: fc.boolean(),
  odometerFactor: fc.constantFrom(0, 0.5, 1, 1, 1, 2),
  isReplaced: fc.nat(20).map((chance) => chance === 0),
  accuracyM: fc.constantFrom(null, 5, 150),
  alarm: fc.constantFrom(null, null, null, 'powerCut', 'tow,sos', 'jamming', 'own'),
  unplugged: fc.constantFrom(undefined, undefined, true, false),
});

/**
 * Some weeks of a vehicle as rules see them: nights at home and elsewhere, drives with and without its
 * ignition, odometers that run wrong, alarms that are repeated, states that end; with far more trouble
 * than a vehicle has.
 */
export const weeks: fc.Arbitrary<RuleFix[]> = fc
  .array(step, { minLength: 1, maxLength: 80, size: 'max' })
  .map((steps) => {
    const fixes: RuleFix[] = [];
    let [fixTimeMs, lat, odometerM] = [START_MS, 0.3, 10_000];
    let last: { lat: number; lon: number } | null = null;
    for (const told of steps) {
      const { what, northM } = told;
      const isMoving = what === 'drive' || what === 'carry';
      fixTimeMs += what === 'sleep' || what === 'unseen' ? told.hours * HOUR_MS : 2 * MINUTE_MS;
      if (isMoving || what === 'unseen') lat += northM / METRES_PER_DEGREE;
      if (told.isHome && (what === 'sleep' || what === 'drive')) lat = 0.3;
      const here = { lat, lon: 32.5 };
      const isGood = what !== 'doubt';
      const wayM = last === null ? null : Math.fround(distanceM(last.lat, last.lon, here.lat, here.lon));
      if (what === 'drive') odometerM += Math.round((wayM ?? 0) * told.odometerFactor);
      if (told.isReplaced) odometerM = odometerM > 50_000 ? 10 : 900_000;
      fixes.push({
        fixTimeMs,
        lat: isGood ? here.lat : null,
        lon: isGood ? here.lon : null,
        speedKmh: isGood && told.hasIgnition ? (isMoving ? 60 : 0) : null,
        headingDeg: null,
        accuracyM: isGood ? told.accuracyM : null,
        distanceM: isGood ? wayM : null,
        ignition: told.hasIgnition ? what === 'drive' : null,
        odometerM,
        batteryV: 12.5,
        alarm: told.alarm,
        remarks: told.isReplaced ? Remark.odometerReplaced : 0,
        attributes: told.unplugged === undefined ? null : { unplugged: told.unplugged },
      });
      if (isGood) last = here;
    }
    return fixes;
  });
