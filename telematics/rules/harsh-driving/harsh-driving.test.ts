import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noFences } from '../fences.ts';
import type { GoodFix, RuleFix } from '../rule.ts';
import { defaultRuleSettings } from '../settings.ts';
import { describeCases } from '../testing/describe-cases.ts';
import { findAll } from '../testing/run-case.ts';
import { harshDrivingRule } from './harsh-driving.ts';
import { harshSamples } from './manoeuvre.ts';

const rules = { harsh_driving: harshDrivingRule };
const settings = defaultRuleSettings;
const contextAt = () => ({
  vehicle: { id: '7', kind: 'car' as const },
  settings,
  speedLimit: null,
  fences: noFences,
});
const START_MS = Date.UTC(2026, 10, 20, 8);

function fixAt(second: number, speedKmh: number, headingDeg: number): GoodFix {
  return {
    fixTimeMs: START_MS + second * 1_000,
    lat: 0.35,
    lon: 32.58 + second / 10_000,
    speedKmh: Math.fround(speedKmh),
    headingDeg: Math.fround(headingDeg),
    accuracyM: null,
    distanceM: 11,
    ignition: true,
    odometerM: null,
    batteryV: null,
    alarm: null,
    remarks: 0,
    attributes: null,
  };
}

describeCases(new URL('./testcases/', import.meta.url), rules);

const wildDrive = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 140, noNaN: true }),
      fc.integer({ min: 0, max: 359 }),
      fc.constantFrom(null, null, null, null, null, null, null, null, 'harshBraking', 'sos'),
    ),
    { minLength: 2, maxLength: 60 },
  )
  .map((steps): RuleFix[] => {
    let second = 0;
    return steps.map(([elapsedS, speedKmh, headingDeg, alarm]) => {
      second += elapsedS;
      return { ...fixAt(second, speedKmh, headingDeg), alarm };
    });
  });

describe('any drive', () => {
  it('comes to the same whether the state is stored after every fix or never', () => {
    fc.assert(
      fc.property(wildDrive, (fixes) => {
        expect(findAll(rules, fixes, contextAt, true)).toEqual(findAll(rules, fixes, contextAt));
      }),
      { numRuns: 300 },
    );
  });

  it('has manoeuvres of one kind that lie apart by the cool-down, each at its threshold or over it', () => {
    fc.assert(
      fc.property(wildDrive, (fixes) => {
        const found = findAll(rules, fixes, contextAt);
        for (const kind of new Set(found.map((one) => one.kind))) {
          const same = found.filter((one) => one.kind === kind);
          const lastHarsh = same.map(({ details }) => Date.parse((details.fixes as string[]).at(-1)!));
          for (const [at, { details, startMs, confirmedMs }] of same.entries()) {
            expect(details.peakMps2).toBeGreaterThanOrEqual(details.thresholdMps2 as number);
            expect(details.peakMps2).toBeLessThanOrEqual(15);
            expect(startMs).toBeGreaterThanOrEqual(lastHarsh[at - 1] ?? 0);
            expect(confirmedMs - lastHarsh[at]!).toBeGreaterThan(5_000);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of a tracker that tells by itself has none that is derived within a day', () => {
    fc.assert(
      fc.property(wildDrive, (fixes) => {
        const [first, ...rest] = fixes;
        expect(findAll(rules, [{ ...first!, alarm: 'door,harshBraking' }, ...rest], contextAt)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('driving as people do', () => {
  it('is not harsh, however a tracker rounds what it reports', () => {
    const quiet = fc.record({
      speedKmh: fc.double({ min: 0, max: 130, noNaN: true }),
      changeKmh: fc.double({ min: -11, max: 11, noNaN: true }),
      headingDeg: fc.double({ min: 0, max: 360, noNaN: true }),
      lateralMps2: fc.double({ min: -3.5, max: 3.5, noNaN: true }),
      step: fc.constantFrom(0.01, 1, 1.852),
    });
    fc.assert(
      fc.property(quiet, ({ speedKmh, changeKmh, headingDeg, lateralMps2, step }) => {
        const rounded = (kmh: number) => Math.max(0, Math.round(kmh / step) * step);
        const nextKmh = Math.max(0, speedKmh + changeKmh);
        const slowerMps = Math.max(1, Math.min(speedKmh, nextKmh) / 3.6);
        const turnDeg = Math.min(60, ((Math.abs(lateralMps2) / slowerMps) * 180) / Math.PI);
        const from = fixAt(0, rounded(speedKmh), Math.round(headingDeg));
        const to = fixAt(1, rounded(nextKmh), Math.round((headingDeg + turnDeg) % 360));
        expect(harshSamples(from, to, settings.harshDriving)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('round a bend over north is a turn of few degrees', () => {
    expect(harshSamples(fixAt(0, 50, 358), fixAt(1, 50, 4), settings.harshDriving)).toEqual([]);
    const [sharp] = harshSamples(fixAt(0, 50, 350), fixAt(1, 50, 20), settings.harshDriving);
    expect(sharp).toMatchObject({ kind: 'harshCornering', direction: 1 });
  });
});
