import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journey } from '../../positions/testing/arbitrary-journey.ts';
import type { RuleContext } from '../engine.ts';
import { noFences } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';
import type { PreviousFix, RuleFix } from '../rule.ts';
import { defaultRuleSettings, ruleSettings } from '../settings.ts';
import { describeCases } from '../testing/describe-cases.ts';
import { judgedFixes } from '../testing/judged-fixes.ts';
import { findAll } from '../testing/run-case.ts';
import { workingDay } from './testing/working-day.ts';
import { tripsRule } from './trips.ts';

const rules = { trips: tripsRule };
const context: RuleContext = {
  vehicle: { id: '7', kind: 'car' },
  settings: defaultRuleSettings,
  speedLimit: null,
  fences: noFences,
};
const contextAt = (): RuleContext => context;
const find = (fixes: readonly RuleFix[], isStored = false) => findAll(rules, fixes, contextAt, isStored);
const figure = ({ details }: Finding, name: string): number => details[name] as number;

/** Days of whole minutes with every habit of drivers and trackers, and days that make little sense. */
const anyDay = fc.oneof(
  workingDay,
  journey.map((positions) => judgedFixes(positions, 'car')),
);

describeCases(new URL('./testcases/', import.meta.url), rules);

describe('trips and stops of any day', () => {
  it('follow one another without an overlap or a hole, and only an unseen trip follows a trip', () => {
    fc.assert(
      fc.property(anyDay, (fixes) => {
        const found = find(fixes);
        const following = found.slice(1);
        expect(found.slice(0, -1).map(({ endMs }) => endMs)).toEqual(following.map(({ startMs }) => startMs));
        const alike = following.filter(({ kind }, at) => kind === found[at]!.kind);
        expect(alike.filter(({ kind, details }) => kind === 'stop' || details.gap === null)).toEqual([]);
        // What ended last was a trip, if after a gap nobody knows yet whether it drives on.
        expect(found.slice(-1).filter(({ kind, endMs }) => kind === 'stop' && endMs !== null)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('are the same whether the state is stored after every fix or never', () => {
    fc.assert(
      fc.property(anyDay, (fixes) => {
        expect(find(fixes, true)).toEqual(find(fixes));
      }),
      { numRuns: 200 },
    );
  });

  it('have figures that agree with one another', () => {
    fc.assert(
      fc.property(anyDay, (fixes) => {
        const found = find(fixes);
        for (const finding of found.filter(({ kind, endMs }) => kind === 'trip' && endMs !== null)) {
          const of = (name: string) => figure(finding, name);
          expect(of('drivingS') + of('idleS')).toBeLessThanOrEqual(of('durationS'));
          expect(of('nightS')).toBeLessThanOrEqual(of('durationS'));
          expect(of('nightDistanceM')).toBeLessThanOrEqual(of('distanceM') + 0.1);
          expect(of('durationS')).toBe(Math.floor((finding.endMs! - finding.startMs) / 1_000));
          expect(finding.startMs).toBeLessThanOrEqual(finding.endMs!);
        }
        for (const stop of found.filter(({ kind }) => kind === 'stop'))
          expect(figure(stop, 'ignitionOnS')).toBeLessThanOrEqual(figure(stop, 'durationS'));
        const driven = fixes.reduce((sum, { distanceM }) => sum + (distanceM ?? 0), 0);
        const ofTrips = found
          .filter(({ kind }) => kind === 'trip')
          .reduce((sum, trip) => sum + figure(trip, 'distanceM'), 0);
        expect(ofTrips).toBeLessThanOrEqual(driven + 0.1 * found.length);
      }),
      { numRuns: 400 },
    );
  });

  it('tell each twice at the most, when it is certain and when it ended', () => {
    fc.assert(
      fc.property(anyDay, (fixes) => {
        const told = new Map<number, number>();
        let state = tripsRule.initial;
        let previous: PreviousFix | null = null;
        let ignition: boolean | null = null;
        for (const fix of fixes) {
          const good = fix.lat === null ? null : { ...fix, lat: fix.lat, lon: fix.lon! };
          ignition = fix.ignition ?? ignition;
          const moment = { ...context, fix, good, previous, ignition, inside: [] };
          const step = tripsRule.next(state, moment);
          for (const { startMs, kind, endMs } of step.found) {
            const key = startMs * 2 + (kind === 'trip' ? 1 : 0);
            const times = (told.get(key) ?? 0) + 1;
            told.set(key, times);
            expect(times === 1 || endMs !== null).toBe(true);
            expect(times).toBeLessThanOrEqual(2);
          }
          expect(JSON.parse(JSON.stringify(step.state)) as Json).toEqual(step.state);
          expect(JSON.stringify(step.state).length).toBeLessThan(2_000);
          state = step.state;
          previous = good ?? previous;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the state', () => {
  it('is the same object while a vehicle stands with its ignition off', () => {
    const parked = (minute: number): RuleFix => ({
      fixTimeMs: Date.UTC(2026, 10, 20) + minute * 60_000,
      lat: 0.3476,
      lon: 32.5825,
      speedKmh: 0,
      headingDeg: null,
      accuracyM: null,
      distanceM: minute === 0 ? null : 0,
      ignition: false,
      odometerM: 120_000,
      batteryV: null,
      alarm: null,
      remarks: 0,
      attributes: null,
    });
    const momentOf = (minute: number) => {
      const fix = parked(minute);
      const good = { ...fix, lat: 0.3476, lon: 32.5825 };
      const previous = minute === 0 ? null : { ...parked(minute - 1), lat: 0.3476, lon: 32.5825 };
      return { ...context, fix, good, previous, ignition: false, inside: [] };
    };
    let state = tripsRule.initial;
    for (let minute = 0; minute < 10; minute += 1) state = tripsRule.next(state, momentOf(minute)).state;
    expect(tripsRule.next(state, momentOf(10)).state).toBe(state);
    expect(tripsRule.next(state, momentOf(10)).found).toEqual([]);
  });
});

describe('settings', () => {
  it('decide how far a trip leads and how long a stop lasts', () => {
    fc.assert(
      fc.property(workingDay, (fixes) => {
        const settings = ruleSettings.parse({ trips: { minTripM: 5_000, minStopS: 3_600 } });
        const strict = findAll(rules, fixes, () => ({ ...context, settings }));
        expect(strict.filter(({ kind }) => kind === 'trip').length).toBeLessThanOrEqual(
          find(fixes).filter(({ kind }) => kind === 'trip').length + 1,
        );
      }),
      { numRuns: 50 },
    );
  });
});
