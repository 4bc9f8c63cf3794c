import fc from 'fast-check';
import type { Position } from '../position.ts';
import { Doubt } from '../quality/doubts.ts';

/** A fixed noon, for which the test's database has a partition or not. */
const START_MS = Date.UTC(2026, 10, 19, 12);
/** After the longest journey, so that none of its fixes is from the future. */
const RECEIVED_MS = START_MS + 30 * 86_400_000;

const step = fc.record({
  /** What happens until the next fix: mostly ordinary driving and standing, sometimes nonsense. */
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('drive' as const) },
    { weight: 4, arbitrary: fc.constant('stand' as const) },
    { weight: 2, arbitrary: fc.constant('spike' as const) },
    { weight: 1, arbitrary: fc.constant('leap' as const) },
    { weight: 1, arbitrary: fc.constant('hang' as const) },
    { weight: 1, arbitrary: fc.constant('noFix' as const) },
    { weight: 1, arbitrary: fc.constant('nullIsland' as const) },
    { weight: 1, arbitrary: fc.constant('swapOdometer' as const) },
  ),
  elapsedS: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 40_000 })),
  speedKmh: fc.integer({ min: 5, max: 120 }),
  hasOdometer: fc.boolean(),
  hasSpeed: fc.boolean(),
  accuracyM: fc.constantFrom(null, 5, 40, 900),
});

/** The fixes of one device on a day or two, in the order of their times, as a tracker with faults reports them. */
export const journey: fc.Arbitrary<Position[]> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean())
  .map(([steps, everHasOdometer]) => {
    const positions: Position[] = [];
    let [timeMs, lat, lon, odometerM] = [START_MS, 0.25, 32.5, 100_000];
    for (const { kind, elapsedS, speedKmh, hasOdometer, hasSpeed, accuracyM } of steps) {
      timeMs += elapsedS * 1_000;
      const metres = (speedKmh / 3.6) * Math.min(elapsedS, 600);
      let [shownLat, shownLon]: [number | null, number | null] = [lat, lon];
      if (kind === 'drive') {
        lat += metres / 111_195 / Math.SQRT2;
        lon += metres / 111_195 / Math.SQRT2;
        odometerM += Math.round(metres);
        [shownLat, shownLon] = [lat, lon];
      } else if (kind === 'spike') {
        [shownLat, shownLon] = [lat + 3, lon - 4];
      } else if (kind === 'leap') {
        lat = -lat + 2;
        [shownLat, shownLon] = [lat, lon];
      } else if (kind === 'hang') {
        odometerM += Math.round(metres);
      } else if (kind === 'swapOdometer') {
        odometerM = odometerM > 90_000 ? 50 : 200_000;
      } else if (kind === 'noFix') {
        [shownLat, shownLon] = [null, null];
      } else if (kind === 'nullIsland') {
        [shownLat, shownLon] = [0, 0];
      }
      positions.push({
        fixTimeMs: timeMs,
        receivedAtMs: RECEIVED_MS,
        lat: shownLat,
        lon: shownLon,
        speedKmh: hasSpeed ? (kind === 'drive' || kind === 'hang' ? speedKmh : 0) : null,
        headingDeg: 45,
        altitudeM: null,
        accuracyM,
        satellites: 9,
        ignition: kind === 'drive',
        odometerM: everHasOdometer && hasOdometer ? odometerM : null,
        batteryV: null,
        alarm: null,
        attributes: null,
        doubts: kind === 'noFix' ? Doubt.noFix : 0,
        remarks: 0,
      });
    }
    return positions;
  });
