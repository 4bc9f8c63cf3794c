import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../../positions/position.ts';
import { createEngine, decodeState, type EngineState, encodeState, type RuleContext } from '../engine.ts';
import type { Finding } from '../finding.ts';
import { findingKey } from '../finding-key.ts';
import type { Json } from '../json.ts';
import type { RuleFix } from '../rule.ts';
import { journey } from './arbitrary-journey.ts';
import { changingContextAt, journeyCase, journeyContextAt } from './journey-context.ts';
import { judgedFixes } from './judged-fixes.ts';
import { findAll, type Rules } from './run-case.ts';

/** The most that the details of one event may take, as UTF-8: what is longer would be cut when it is stored. */
const MAX_DETAILS_BYTES = 8 * 1_024;

export interface LawOptions {
  /** The most that the state of the rule may take as JSON, bytes. */
  maxStateBytes: number;
}

const contexts = [
  ['while nothing else changes', journeyContextAt],
  ['while geofences, limits, settings and the vehicle change', changingContextAt],
] as const;

const fixesOf = (positions: readonly Position[]): RuleFix[] =>
  judgedFixes(positions, journeyCase.vehicle!.kind);
const journeyFixes = journey.map(fixesOf);

/** Tests that a rule keeps what every rule promises, over journeys of all sorts. */
export function itKeepsTheLaws(name: string, rule: Rules[string], { maxStateBytes }: LawOptions): void {
  describe.each(contexts)('%s', (_when, contextAt) => {
    itKeepsTheLawsIn(contextAt, name, rule, maxStateBytes);
  });
}

function itKeepsTheLawsIn(
  contextAt: (epochMs: number) => RuleContext,
  name: string,
  rule: Rules[string],
  maxStateBytes: number,
): void {
  const rules = { [name]: rule };
  const find = (fixes: readonly RuleFix[]): Finding[] => findAll(rules, fixes, contextAt);

  it('finds only what began and ended within the journey, with details that can be stored', () => {
    fc.assert(
      fc.property(journeyFixes, (fixes) => {
        const times = new Set(fixes.map(({ fixTimeMs }) => fixTimeMs));
        const [firstMs, lastMs] = [fixes[0]?.fixTimeMs ?? 0, fixes.at(-1)?.fixTimeMs ?? 0];
        for (const { startMs, confirmedMs, endMs, lat, lon, details } of find(fixes)) {
          expect(times).toContain(confirmedMs);
          expect(startMs).toBeGreaterThanOrEqual(firstMs);
          expect(startMs).toBeLessThanOrEqual(confirmedMs);
          expect(startMs % 1).toBe(0);
          expect(endMs ?? lastMs).toBeGreaterThanOrEqual(startMs);
          expect(endMs ?? lastMs).toBeLessThanOrEqual(lastMs);
          expect(lat === null).toBe(lon === null);
          const text = JSON.stringify(details);
          expect(JSON.parse(text)).toEqual(details);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_DETAILS_BYTES);
        }
      }),
    );
  });

  it('tells what lasts once when it is certain, and once when it ended', () => {
    fc.assert(
      fc.property(journeyFixes, (fixes) => {
        const told: Finding[] = [];
        run(fixes, (_state, found) => told.push(...found));
        for (const same of Map.groupBy(told, findingKey).values()) {
          const [first, second] = same;
          expect(same.length).toBeLessThanOrEqual(2);
          expect(same.map(({ endMs }) => endMs === null)).toEqual(
            same.length === 2 ? [true, false] : [first!.endMs === null],
          );
          expect(second?.confirmedMs ?? first!.confirmedMs).toBe(first!.confirmedMs);
        }
      }),
    );
  });

  it('goes on from a stored state as if nothing had been', () => {
    fc.assert(
      fc.property(journeyFixes, fc.nat(), (fixes, at) => {
        const cut = fixes.length === 0 ? 0 : at % fixes.length;
        const whole: string[] = [];
        const state = run(fixes, (_state, found) => whole.push(...found.map((one) => JSON.stringify(one))));
        const parts: string[] = [];
        const tell = (_state: EngineState, found: readonly Finding[]): void => {
          parts.push(...found.map((one) => JSON.stringify(one)));
        };
        const half = run(fixes.slice(0, cut), tell);
        const stored = decodeState(JSON.parse(encodeState(half)) as Json);
        expect(stored.rules).toEqual(half.rules);
        const end = run(fixes.slice(cut), tell, stored);
        expect(parts).toEqual(whole);
        expect(JSON.parse(encodeState(end))).toEqual(JSON.parse(encodeState(state)));
      }),
    );
  });

  it('has a bounded state, which stays the same object while nothing changes', () => {
    fc.assert(
      fc.property(journeyFixes, (fixes) => {
        let before = { state: rule.initial as unknown, text: JSON.stringify(rule.initial) };
        run(fixes, ({ rules: { [name]: state } }) => {
          const text = JSON.stringify(state);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxStateBytes);
          expect(state === before.state).toBe(text === before.text);
          before = { state, text };
        });
      }),
    );
  });

  it('finds the same in whatever order and however often the messages come', () => {
    fc.assert(
      fc.property(
        journey.chain((positions) =>
          fc.tuple(
            fc.constant(positions),
            fc.shuffledSubarray([...positions, ...positions], { minLength: positions.length * 2 }),
          ),
        ),
        ([positions, shuffled]) => {
          expect(find(fixesOf(shuffled))).toEqual(find(fixesOf(positions)));
        },
      ),
    );
  });

  /** Over frozen states, so that a rule that changes its own fails. */
  function run(
    fixes: readonly RuleFix[],
    see: (state: EngineState, found: readonly Finding[]) => void,
    from?: EngineState,
  ): EngineState {
    const engine = createEngine(rules);
    let state = from ?? engine.initial;
    for (const fix of fixes) {
      const next = engine.next(deepFrozen(state), fix, contextAt(fix.fixTimeMs));
      state = next.state;
      see(state, [...next.left, ...next.found]);
    }
    return state;
  }
}

/** Tests that fixes in doubt, and what was reported beside them, say nothing to a rule. */
export function itIgnoresDoubtfulFixes(name: string, rule: Rules[string]): void {
  it('finds the same without the fixes that are in doubt', () => {
    fc.assert(
      fc.property(journeyFixes, (fixes) => {
        const good = fixes.filter(({ lat }) => lat !== null);
        const find = (some: readonly RuleFix[]): Finding[] =>
          findAll({ [name]: rule }, some, journeyContextAt);
        expect(find(good)).toEqual(find(fixes));
      }),
    );
  });
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
