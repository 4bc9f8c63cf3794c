import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noFences } from '../fences.ts';
import { defaultRuleSettings } from '../settings.ts';
import { describeCases } from '../testing/describe-cases.ts';
import { findAll } from '../testing/run-case.ts';
import { workingDay } from '../trips/testing/working-day.ts';
import { idlingRule } from './idling.ts';

const rules = { idling: idlingRule };
const contextAt = () => ({
  vehicle: { id: '7', kind: 'van' as const },
  settings: defaultRuleSettings,
  speedLimit: null,
  fences: noFences,
});

describeCases(new URL('./testcases/', import.meta.url), rules);

it('lasts for as long as it must, without an overlap, whether its state is stored or not', () => {
  fc.assert(
    fc.property(workingDay, (fixes) => {
      const found = findAll(rules, fixes, contextAt);
      expect(findAll(rules, fixes, contextAt, true)).toEqual(found);
      for (const [at, { startMs, endMs, confirmedMs }] of found.entries()) {
        expect(confirmedMs - startMs).toBeGreaterThanOrEqual(300_000);
        expect(endMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(confirmedMs);
        expect(startMs).toBeGreaterThanOrEqual(found[at - 1]?.endMs ?? 0);
      }
      expect(found.slice(0, -1).filter(({ endMs }) => endMs === null)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('is never found while the ignition is off', () => {
  fc.assert(
    fc.property(workingDay, (fixes) => {
      const off = fixes.map((fix) => ({ ...fix, ignition: false }));
      expect(findAll(rules, off, contextAt)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
