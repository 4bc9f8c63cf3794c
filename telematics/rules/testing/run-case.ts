import { existsSync, readFileSync } from 'node:fs';
import { nativeJson } from '../../positions/adapters/native-json/native-json.ts';
import type { Position } from '../../positions/position.ts';
import { createEngine, decodeState, encodeState, type RuleContext } from '../engine.ts';
import type { Finding } from '../finding.ts';
import { findingKey } from '../finding-key.ts';
import type { Json } from '../json.ts';
import type { RuleFix } from '../rule.ts';
import { caseContext, contextsOf } from './case-context.ts';
import {
  byIdentity,
  type ExpectedEvent,
  eventOf,
  expectedEvents,
  identityOf,
  restricted,
} from './case-events.ts';
import { judgedFixes } from './judged-fixes.ts';

export type Rules = Parameters<typeof createEngine>[0];

/** A folder of a test case, read. */
export interface TestCase {
  fixes: readonly RuleFix[];
  contextAt: (epochMs: number) => RuleContext;
  expected: readonly ExpectedEvent[];
}

/** Reads `positions.jsonl`, `events.json` and, if there is one, `context.json` of a folder, whose URL ends with a slash. */
export function readCase(folder: URL): TestCase {
  const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  const hasContext = existsSync(new URL('context.json', folder));
  const contextAt = contextsOf(caseContext.parse(hasContext ? JSON.parse(text('context.json')) : {}));
  const positions = positionsOf(text('positions.jsonl'));
  const firstMs = Math.min(...positions.map(({ fixTimeMs }) => fixTimeMs));
  return {
    fixes: judgedFixes(positions, contextAt(firstMs).vehicle?.kind ?? null),
    contextAt,
    expected: expectedEvents.parse(JSON.parse(text('events.json'))),
  };
}

/** Positions of the native format, one a line in any order, as the broker would have had them a second after their fix. */
function positionsOf(lines: string): Position[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { receivedAt, ...message } = JSON.parse(line) as { receivedAt?: string; time: string };
      const receivedAtMs = receivedAt ? Date.parse(receivedAt) : Date.parse(message.time) + 1_000;
      const payload = Buffer.from(JSON.stringify(message));
      const { positions, refusals } = nativeJson.decode(payload, { topic: '', receivedAtMs });
      if (refusals.length > 0) throw new Error(`${refusals[0]!.detail}: ${line}`);
      return positions[0]!;
    });
}

/**
 * Everything that the rules find over the fixes, each identity once, as it was told last, by its start.
 * @param isStored whether the state goes through its stored form after every fix, which must change nothing
 */
export function findAll(
  rules: Rules,
  fixes: readonly RuleFix[],
  contextAt: (epochMs: number) => RuleContext,
  isStored = false,
): Finding[] {
  const engine = createEngine(rules);
  const told = new Map<string, Finding>();
  let state = engine.initial;
  for (const fix of fixes) {
    const run = engine.next(state, fix, contextAt(fix.fixTimeMs));
    state = isStored ? decodeState(JSON.parse(encodeState(run.state)) as Json) : run.state;
    for (const finding of [...run.left, ...run.found]) {
      const key = findingKey(finding);
      const before = told.get(key);
      if (before && before.confirmedMs !== finding.confirmedMs)
        throw new Error(`${key} was certain at ${before.confirmedMs}, then at ${finding.confirmedMs}`);
      told.set(key, finding);
    }
  }
  return [...told.values()].sort(byStart);
}

function byStart(a: Finding, b: Finding): number {
  return a.startMs - b.startMs || (findingKey(a) < findingKey(b) ? -1 : 1);
}

/**
 * What the rules find in a case and what they should, in the same form: they are right if both are equal.
 * Of what is found only that is left which the expected event of the same kind, subject and start names.
 */
export function runCase(
  { fixes, contextAt, expected }: TestCase,
  rules: Rules,
  isStored = false,
): { found: unknown[]; expected: unknown[] } {
  const found = findAll(rules, fixes, contextAt, isStored).map(eventOf).sort(byIdentity);
  const wanted = new Map(expected.map((event) => [identityOf(event), event]));
  return {
    found: found.map((event) => {
      const pattern = wanted.get(identityOf(event));
      return pattern ? restricted(event, pattern) : event;
    }),
    expected: expected.toSorted(byIdentity),
  };
}
