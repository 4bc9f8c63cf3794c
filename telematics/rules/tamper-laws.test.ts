import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmsRule } from './alarms/alarms.ts';
import { createEngine, decodeState, encodeState, type RuleContext } from './engine.ts';
import { noFences } from './fences.ts';
import type { Finding } from './finding.ts';
import { findingKey } from './finding-key.ts';
import type { Json } from './json.ts';
import { REMEMBERED_NIGHTS } from './night-relocation/home.ts';
import { nightRelocationRule } from './night-relocation/night-relocation.ts';
import { odometerMismatchRule } from './odometer-mismatch/odometer-mismatch.ts';
import { ruleSettings } from './settings.ts';
import { weeks } from './testing/arbitrary-weeks.ts';
import { findAll } from './testing/run-case.ts';
import { towRule } from './tow/tow.ts';

/* What the journey of a day (rule-laws.ts) does not come to: nights, tows, odometers that run wrong. */

const rules = {
  alarms: alarmsRule,
  tow: towRule,
  night_relocation: nightRelocationRule,
  odometer_mismatch: odometerMismatchRule,
};
const context: RuleContext = {
  vehicle: { id: '7', kind: 'car' },
  settings: ruleSettings.parse({
    timeZone: 'Africa/Kampala',
    nightRelocation: { minNights: 2 },
    odometerMismatch: { minDistanceM: 5_000 },
  }),
  speedLimit: null,
  fences: noFences,
};
const MAX_STATE_BYTES = 4 * 1_024;

/** Everything that is told, in order, and the state after it. */
function tell(fixes: Parameters<typeof findAll>[1], isStored: (at: number) => boolean) {
  const engine = createEngine(rules);
  const told: Finding[] = [];
  let state = engine.initial;
  let mostBytes = 0;
  for (const [at, fix] of fixes.entries()) {
    const run = engine.next(state, fix, context);
    told.push(...run.left, ...run.found);
    const text = encodeState(run.state);
    for (const name of Object.keys(rules)) {
      const [before, after] = [state.rules[name], run.state.rules[name]];
      expect(before === after || JSON.stringify(after) !== JSON.stringify(before)).toBe(true);
    }
    mostBytes = Math.max(mostBytes, Buffer.byteLength(JSON.stringify(run.state.rules)));
    state = isStored(at) ? decodeState(JSON.parse(text) as Json) : run.state;
  }
  return { told, state: encodeState(state), mostBytes };
}

describe('tampering over weeks', () => {
  it('is told alike wherever the state was stored and read again', () => {
    fc.assert(
      fc.property(weeks, fc.integer({ min: 1, max: 5 }), (fixes, every) => {
        const { told, state } = tell(fixes, () => false);
        const stored = tell(fixes, (at) => at % every === 0);
        expect(stored.told).toEqual(told);
        expect(stored.state).toBe(state);
      }),
      { numRuns: 100 },
    );
  });

  it('needs a bounded state, however much happens', () => {
    fc.assert(
      fc.property(weeks, (fixes) => {
        expect(tell(fixes, () => false).mostBytes).toBeLessThanOrEqual(MAX_STATE_BYTES);
      }),
      { numRuns: 100 },
    );
  });

  it('is told at most twice, first as lasting, and never with another instant of certainty', () => {
    fc.assert(
      fc.property(weeks, (fixes) => {
        for (const same of Map.groupBy(tell(fixes, () => false).told, findingKey).values()) {
          const [first, second] = same;
          expect(same.length).toBeLessThanOrEqual(2);
          expect(!second || (first!.endMs === null && second.endMs !== null)).toBe(true);
          expect(new Set(same.map(({ confirmedMs }) => confirmedMs)).size).toBe(1);
          for (const { startMs, endMs } of same) expect(endMs ?? startMs).toBeGreaterThanOrEqual(startMs);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('loses no alarm: each is the start of an event, or within one of its name', () => {
    fc.assert(
      fc.property(weeks, (fixes) => {
        const found = findAll(rules, fixes, () => context).filter(({ rule }) => rule === 'alarms');
        for (const { alarm, fixTimeMs } of fixes) {
          for (const name of alarm?.split(',') ?? []) {
            const isTold = found.some(
              ({ kind, startMs, endMs }) =>
                kind === name && startMs <= fixTimeMs && (endMs === null || fixTimeMs <= endMs),
            );
            expect(isTold).toBe(true);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of tows tells three without the ignition on between them, then no more', () => {
    fc.assert(
      fc.property(weeks, (fixes) => {
        const tows = findAll(rules, fixes, () => context).filter(({ rule }) => rule === 'tow');
        const onTimes = fixes.filter(({ ignition }) => ignition === true).map(({ fixTimeMs }) => fixTimeMs);
        for (const [at, { startMs }] of tows.entries()) {
          const before = tows[at - 3]?.startMs;
          if (before === undefined) continue;
          expect(onTimes.some((ms) => ms > before && ms < startMs)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is tried by weeks that come to every end of every rule', () => {
    const found = fc
      .sample(weeks, { numRuns: 800, seed: 20_261_120 })
      .flatMap((fixes) => findAll(rules, fixes, () => context));
    const ways = new Set(
      found.map(({ rule, details: { class: named, endedBecause } }) =>
        [rule, named ?? endedBecause].filter((part) => typeof part === 'string').join(' '),
      ),
    );
    expect([...ways].sort()).toEqual([
      'alarms',
      'alarms cleared',
      'alarms notRepeated',
      'night_relocation',
      'night_relocation nightEnded',
      'night_relocation returned',
      'odometer_mismatch replaced',
      'odometer_mismatch runsFast',
      'odometer_mismatch runsSlow',
      'tow',
      'tow atRest',
      'tow ignitionOn',
    ]);
    expect(found.some(({ details }) => details.ignitionSuspect === true)).toBe(true);
  });

  it('remembers no more nights than it says', () => {
    fc.assert(
      fc.property(weeks, (fixes) => {
        const { rules: states } = decodeState(JSON.parse(tell(fixes, () => false).state) as Json);
        const { nights } = states.night_relocation as { nights: [number, number, number][] };
        expect(nights.length).toBeLessThanOrEqual(REMEMBERED_NIGHTS);
        expect(nights).toEqual(nights.toSorted(([a], [b]) => a - b));
        expect(new Set(nights.map(([day]) => day)).size).toBe(nights.length);
      }),
    );
  });
});
