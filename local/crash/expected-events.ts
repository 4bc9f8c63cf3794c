import { nativeJson } from '@wayleave/telematics/positions/adapters/native-json/native-json.ts';
import { ruleEngine } from '@wayleave/telematics/rules/rules.ts';
import {
  type CaseGeofence,
  caseContext,
  contextsOf,
} from '@wayleave/telematics/rules/testing/case-context.ts';
import { judgedFixes } from '@wayleave/telematics/rules/testing/judged-fixes.ts';
import type { SentFix } from './journeys.ts';

/** What an event is and how it ended; the same of what is stored and of what is expected. */
export interface EventFacts {
  ident: string;
  rule: string;
  kind: string;
  subject: string;
  startMs: number;
  confirmedMs: number;
  endMs: number | null;
}

export interface JourneyContext {
  vehicleId: string;
  geofences: readonly CaseGeofence[];
  limitKmh: number;
}

/**
 * What a journey must come to, trips among it: its fixes read and judged as if each had come once and in
 * time, and run through the rules with geofences that are asked one by one, without index or database.
 */
export function expectedFacts(
  ident: string,
  fixes: readonly SentFix[],
  { vehicleId, geofences, limitKmh }: JourneyContext,
): EventFacts[] {
  const topic = `devices/${ident}/positions`;
  // One by one: a message has a bound.
  const positions = fixes.flatMap((fix) => {
    const payload = Buffer.from(JSON.stringify(fix));
    return nativeJson.decode(payload, { topic, receivedAtMs: Date.now() }).positions;
  });
  const contextAt = contextsOf(
    caseContext.parse({
      vehicle: { id: vehicleId, kind: 'car' },
      speedLimit: { limitKmh, source: { scope: 'kind', id: 'car' } },
      geofences,
    }),
  );
  const facts = new Map<string, EventFacts>();
  let state = ruleEngine.initial;
  for (const fix of judgedFixes(positions, 'car')) {
    const run = ruleEngine.next(state, fix, contextAt(fix.fixTimeMs));
    state = run.state;
    for (const { rule, kind, subject, startMs, confirmedMs, endMs } of run.found) {
      // Found again with its end, it is the same.
      const found = { ident, rule, kind, subject, startMs, confirmedMs, endMs };
      facts.set([rule, kind, subject, startMs].join(), found);
    }
  }
  return [...facts.values()];
}

/** One line each, in one order, so that two lists of facts can be compared. */
export const factLines = (facts: readonly EventFacts[]): string[] =>
  facts
    .map(({ ident, rule, kind, subject, startMs, confirmedMs, endMs }) =>
      [ident, rule, kind, subject, startMs, confirmedMs, endMs].join(' '),
    )
    .toSorted();
