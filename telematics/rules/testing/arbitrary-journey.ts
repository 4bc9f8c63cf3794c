import fc from 'fast-check';
import type { Position } from '../../positions/position.ts';
import { Doubt } from '../../positions/quality/doubts.ts';
import { JOURNEY_START_MS, journeyPlaces } from './journey-context.ts';

const LONGEST_MS = 30 * 3_600_000;
const METRES_PER_DEGREE = 111_195;
const KMH_PER_MPS = 3.6;

const places = Object.values(journeyPlaces);

/** What happens for a while: each becomes one or more fixes. */
const chapter = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('drive' as const),
      to: fc.constantFrom(...places),
      /** Now and then far over every limit. */
      speedKmh: fc.oneof(fc.integer({ min: 8, max: 75 }), fc.integer({ min: 70, max: 150 })),
      everyS: fc.constantFrom(1, 5, 10, 10, 30, 60, 300),
      fixes: fc.integer({ min: 1, max: 15 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('stand' as const),
      everyS: fc.constantFrom(10, 30, 60, 300, 1_800),
      fixes: fc.integer({ min: 1, max: 8 }),
      driftM: fc.constantFrom(0, 3, 15, 40),
      ignition: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('silence' as const), hours: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('stray' as const),
      northM: fc.integer({ min: -300, max: 300 }),
      eastM: fc.integer({ min: -300, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('doubt' as const),
      of: fc.constantFrom('noFix', 'inaccurate', 'nullIsland', 'spike'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('alarm' as const),
      alarm: fc.constantFrom('sos', 'powerCut', 'jamming', 'harshBraking', 'sos,tow', 'unplug'),
      hasFix: fc.boolean(),
    }),
  },
);
type Chapter = typeof chapter extends fc.Arbitrary<infer C> ? C : never;

/** What this tracker reports beside place and time, if anything. */
const tracker = fc.record({
  hasSpeed: fc.boolean(),
  hasIgnition: fc.boolean(),
  hasOdometer: fc.boolean(),
  accuracyM: fc.constantFrom(null, 4, 25, 80),
});
type Tracker = typeof tracker extends fc.Arbitrary<infer T> ? T : never;

/**
 * A day of a vehicle between a few places, as its tracker reports it in the order of fix times: drives
 * that pass, enter and leave the geofences of `journeyCase`, some of them too fast, stops with
 * the ignition on or off, hours of silence, strays, doubtful fixes, alarms. Messages of an instant are one.
 */
export const journey: fc.Arbitrary<Position[]> = fc
  .tuple(tracker, fc.array(chapter, { minLength: 1, maxLength: 25 }))
  .map(([reports, chapters]) => positionsOf(reports, chapters));

function positionsOf(reports: Tracker, chapters: readonly Chapter[]): Position[] {
  const positions: Position[] = [];
  let { lat, lon } = journeyPlaces.home;
  let fixTimeMs = JOURNEY_START_MS;
  let odometerM = 50_000;
  let ignition = false;
  const report = (elapsedS: number, shown: Partial<Position>): void => {
    fixTimeMs += elapsedS * 1_000;
    if (fixTimeMs > JOURNEY_START_MS + LONGEST_MS) return;
    positions.push({
      fixTimeMs,
      receivedAtMs: fixTimeMs + 1_000,
      lat,
      lon,
      speedKmh: reports.hasSpeed ? 0 : null,
      headingDeg: null,
      altitudeM: null,
      accuracyM: reports.accuracyM,
      satellites: 9,
      ignition: reports.hasIgnition ? ignition : null,
      odometerM: reports.hasOdometer ? Math.round(odometerM) : null,
      batteryV: 12.5,
      alarm: null,
      attributes: null,
      doubts: 0,
      remarks: 0,
      ...shown,
    });
  };
  for (const told of chapters) {
    if (told.what === 'drive') {
      ignition = true;
      for (let fix = 0; fix < told.fixes; fix += 1) {
        const reachM = (told.speedKmh / KMH_PER_MPS) * told.everyS;
        const [northM, eastM] = [
          (told.to.lat - lat) * METRES_PER_DEGREE,
          (told.to.lon - lon) * METRES_PER_DEGREE,
        ];
        const leftM = Math.hypot(northM, eastM);
        const share = leftM <= reachM ? 1 : reachM / leftM;
        lat += (northM * share) / METRES_PER_DEGREE;
        lon += (eastM * share) / METRES_PER_DEGREE;
        odometerM += leftM * share;
        const speedKmh = (leftM * share * KMH_PER_MPS) / told.everyS;
        const headingDeg = ((Math.atan2(eastM, northM) * 180) / Math.PI + 360) % 360;
        report(told.everyS, { headingDeg, speedKmh: reports.hasSpeed ? speedKmh : null });
      }
    } else if (told.what === 'stand') {
      ignition = told.ignition;
      for (let fix = 0; fix < told.fixes; fix += 1) {
        const off = (told.driftM / METRES_PER_DEGREE) * ((fix % 3) - 1);
        report(told.everyS, { lat: lat + off, lon: lon - off });
      }
    } else if (told.what === 'silence') {
      fixTimeMs += told.hours * 3_600_000;
    } else if (told.what === 'stray') {
      report(20, { lat: lat + told.northM / METRES_PER_DEGREE, lon: lon + told.eastM / METRES_PER_DEGREE });
    } else if (told.what === 'alarm') {
      report(15, { alarm: told.alarm, ...(!told.hasFix && NO_FIX) });
    } else if (told.of === 'inaccurate') {
      report(15, { lat: lat + 0.004, accuracyM: 900 });
    } else if (told.of === 'spike') {
      report(15, { lat: lat + 3, lon: lon - 4 });
    } else {
      report(15, told.of === 'noFix' ? NO_FIX : { lat: 0, lon: 0 });
    }
  }
  return positions;
}

const NO_FIX = { lat: null, lon: null, doubts: Doubt.noFix };
