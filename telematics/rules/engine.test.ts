import { describe, expect, it } from 'vitest';
import { createEngine, decodeState, type EngineState, encodeState, type RuleContext } from './engine.ts';
import { noFences } from './fences.ts';
import type { Finding } from './finding.ts';
import type { Json } from './json.ts';
import type { Moment, Rule, RuleFix } from './rule.ts';
import { defaultRuleSettings } from './settings.ts';

const fix = (fixTimeMs: number, more: Partial<RuleFix> = {}): RuleFix => ({
  fixTimeMs,
  lat: 0.3,
  lon: 32.5,
  speedKmh: 10,
  headingDeg: null,
  accuracyM: null,
  distanceM: 5,
  ignition: null,
  odometerM: null,
  batteryV: null,
  alarm: 'sos',
  remarks: 0,
  attributes: { fuelPercent: 50 },
  ...more,
});
const doubtful = { lat: null, lon: null, speedKmh: null, distanceM: null };

const context = (vehicleId: string | null): RuleContext => ({
  vehicle: vehicleId === null ? null : { id: vehicleId, kind: 'car' },
  settings: defaultRuleSettings,
  speedLimit: null,
  fences: noFences,
});

const found = (startMs: number, endMs: number | null, kind = 'counted'): Finding => ({
  rule: 'tow',
  kind,
  subject: '',
  startMs,
  confirmedMs: startMs,
  endMs,
  lat: null,
  lon: null,
  details: {},
});

/** Remembers what it saw, and tells of every fix. */
function recorder(): { rule: Rule<{ fixes: number }>; moments: Moment[] } {
  const moments: Moment[] = [];
  return {
    moments,
    rule: {
      initial: { fixes: 0 },
      next: ({ fixes }, moment) => {
        moments.push(moment);
        return { state: { fixes: fixes + 1 }, found: [found(moment.fix.fixTimeMs, null)] };
      },
      close: ({ fixes }, atMs, reason) => [found(atMs, atMs, `${reason}:${fixes}`)],
    },
  };
}

function run(
  rules: Record<string, Rule<{ fixes: number }>>,
  fixes: [RuleFix, string | null][],
): { state: EngineState; found: Finding[]; left: Finding[] } {
  const engine = createEngine(rules);
  let state = engine.initial;
  const all: { found: Finding[]; left: Finding[] } = { found: [], left: [] };
  for (const [one, vehicleId] of fixes) {
    const step = engine.next(state, one, context(vehicleId));
    state = step.state;
    all.found.push(...step.found);
    all.left.push(...step.left);
  }
  return { state, ...all };
}

describe('a rule', () => {
  it('sees the good fix before, and the last ignition that was reported', () => {
    const { rule, moments } = recorder();
    run({ tow: rule }, [
      [fix(1, { ignition: true }), '5'],
      [fix(2, doubtful), '5'],
      [fix(3, { ignition: false }), '5'],
    ]);
    expect(
      moments.map(({ good, previous, ignition }) => [good?.fixTimeMs, previous?.fixTimeMs, ignition]),
    ).toEqual([
      [1, undefined, true],
      [undefined, 1, true],
      [3, 1, false],
    ]);
  });

  it('runs only while the device is in a vehicle, but for alarms', () => {
    const [alarms, tow] = [recorder(), recorder()];
    run({ alarms: alarms.rule, tow: tow.rule }, [
      [fix(1), null],
      [fix(2), '5'],
    ]);
    expect(alarms.moments).toHaveLength(2);
    expect(tow.moments).toHaveLength(1);
  });

  it('is closed at the last fix of the vehicle, and begins anew in the next', () => {
    const { rule, moments } = recorder();
    const { left, state } = run({ tow: rule }, [
      [fix(1, { ignition: true }), '5'],
      [fix(2), '5'],
      [fix(3), '6'],
    ]);
    expect(left.map(({ kind, startMs }) => [kind, startMs])).toEqual([['uninstalled:2', 2]]);
    expect(moments.at(-1)).toMatchObject({ previous: null, ignition: null });
    expect(state).toMatchObject({ vehicleId: '6', lastMs: 3, rules: { tow: { fixes: 1 } } });
  });
});

describe('the state', () => {
  it('keeps a rule’s own object as long as nothing in it changes', () => {
    const idle: Rule<{ fixes: number }> = {
      initial: { fixes: 0 },
      next: (state) => ({ state, found: [] }),
      close: () => [],
    };
    const engine = createEngine({ tow: idle });
    const first = engine.next(engine.initial, fix(1), context('5')).state;
    const second = engine.next(first, fix(2), context('5')).state;
    expect(second.rules).toBe(first.rules);
  });

  it('is stored without what was reported beside the last fix, and goes on the same', () => {
    const { rule } = recorder();
    const engine = createEngine({ tow: rule });
    const { state } = engine.next(engine.initial, fix(1), context('5'));
    const stored = decodeState(JSON.parse(encodeState(state)) as Json);
    expect(stored.previous).not.toHaveProperty('alarm');
    expect(stored.previous).not.toHaveProperty('attributes');
    const after = (from: EngineState) => encodeState(engine.next(from, fix(2), context('5')).state);
    expect(after(stored)).toBe(after(state));
  });
});
