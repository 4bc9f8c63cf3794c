import fc from 'fast-check';
import type { RuleFix } from '../../rule.ts';

const START_MS = Date.UTC(2026, 10, 20, 6);
const METRES_PER_DEGREE = 111_195;

const part = fc.record({
  kind: fc.constantFrom(
    'drive' as const,
    'drive' as const,
    'park' as const,
    'wait' as const,
    'jitter' as const,
    'sleep' as const,
    'noFix' as const,
    'tow' as const,
  ),
  minutes: fc.integer({ min: 1, max: 45 }),
  speedKmh: fc.integer({ min: 3, max: 90 }),
  bearingDeg: fc.integer({ min: 0, max: 359 }),
});

const habits = fc.record({
  everyS: fc.constantFrom(10, 30, 60, 300),
  hasIgnition: fc.boolean(),
  hasSpeed: fc.boolean(),
  hasOdometer: fc.boolean(),
  accuracyM: fc.constantFrom(null, 5, 60),
});

/** A day of one vehicle as good and doubtful fixes, put together from drives, stops and what trackers do in between. */
export const workingDay: fc.Arbitrary<RuleFix[]> = fc
  .tuple(
    fc.array(part, { minLength: 1, maxLength: 14 }),
    habits,
    fc.infiniteStream(fc.integer({ min: -60, max: 60 })),
  )
  .map(([parts, { everyS, hasIgnition, hasSpeed, hasOdometer, accuracyM }, noise]) => {
    const fixes: RuleFix[] = [];
    let [timeMs, northM, eastM, odometerM] = [START_MS, 0, 0, 50_000];
    let last: { northM: number; eastM: number } | null = null;
    for (const { kind, minutes, speedKmh, bearingDeg } of parts) {
      const isMoving = kind === 'drive' || kind === 'tow';
      const stepS = kind === 'sleep' ? minutes * 120 : everyS;
      const steps = kind === 'sleep' ? 1 : Math.max(1, Math.floor((minutes * 60) / everyS));
      for (let at = 0; at < steps; at += 1) {
        timeMs += stepS * 1_000;
        const stepM = isMoving ? (speedKmh / 3.6) * stepS : 0;
        northM += stepM * Math.cos((bearingDeg * Math.PI) / 180);
        eastM += stepM * Math.sin((bearingDeg * Math.PI) / 180);
        odometerM += Math.round(stepM);
        const wander = kind === 'jitter' ? 1 : 0;
        const shown = {
          northM: northM + wander * noise.next().value,
          eastM: eastM + wander * noise.next().value,
        };
        const isGood = kind !== 'noFix';
        fixes.push({
          fixTimeMs: timeMs,
          lat: isGood ? 0.35 + shown.northM / METRES_PER_DEGREE : null,
          lon: isGood ? 32.58 + shown.eastM / METRES_PER_DEGREE : null,
          speedKmh: hasSpeed && isGood ? (isMoving ? speedKmh : 0) : null,
          headingDeg: isGood ? bearingDeg : null,
          accuracyM: isGood ? accuracyM : null,
          distanceM: isGood && last ? Math.hypot(shown.northM - last.northM, shown.eastM - last.eastM) : null,
          ignition: hasIgnition ? kind === 'drive' || kind === 'wait' : null,
          odometerM: hasOdometer ? odometerM : null,
          batteryV: null,
          alarm: null,
          remarks: 0,
          attributes: null,
        });
        if (isGood) last = shown;
      }
    }
    return fixes;
  });
