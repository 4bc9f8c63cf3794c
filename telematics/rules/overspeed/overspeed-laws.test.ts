import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journey } from '../testing/arbitrary-journey.ts';
import { journeyContextAt } from '../testing/journey-context.ts';
import { judgedFixes } from '../testing/judged-fixes.ts';
import { itIgnoresDoubtfulFixes, itKeepsTheLaws } from '../testing/rule-laws.ts';
import { findAll } from '../testing/run-case.ts';
import { overspeed } from './overspeed.ts';

describe('the overspeed rule', () => {
  itKeepsTheLaws('overspeed', overspeed, { maxStateBytes: 2 * 1_024 });
  itIgnoresDoubtfulFixes('overspeed', overspeed);

  const journeyAndFindings = journey.map((positions) => {
    const fixes = judgedFixes(positions, 'car');
    return { fixes, found: findAll({ overspeed }, fixes, journeyContextAt) };
  });

  it('tells episodes one after the other, each as long and as fast as it must be', () => {
    fc.assert(
      fc.property(journeyAndFindings, ({ found }) => {
        const { minDurationS, toleranceKmh } = journeyContextAt(0).settings.overspeed;
        for (const [at, { startMs, endMs, confirmedMs, details }] of found.entries()) {
          const nextMs = found[at + 1]?.startMs ?? Number.POSITIVE_INFINITY;
          expect(endMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(nextMs);
          expect(confirmedMs - startMs).toBeGreaterThanOrEqual(minDurationS * 1_000);
          // What is told is rounded to a tenth.
          expect(Number(details.peakKmh) + 0.05).toBeGreaterThan(Number(details.limitKmh) + toleranceKmh);
        }
      }),
    );
  });

  it('tells the distance between the fixes of an episode', () => {
    fc.assert(
      fc.property(journeyAndFindings, ({ fixes, found }) => {
        for (const { startMs, endMs, details } of found) {
          if (endMs === null) continue;
          const within = fixes.filter(({ fixTimeMs }) => fixTimeMs > startMs && fixTimeMs <= endMs);
          const distanceM = within.reduce((sum, fix) => sum + (fix.distanceM ?? 0), 0);
          expect(details.distanceM).toBe(Math.round(distanceM));
          expect(details.durationS).toBe((endMs - startMs) / 1_000);
        }
      }),
    );
  });

  it('is tried by journeys that come to every end and every source of a limit', () => {
    const found = fc
      .sample(journeyAndFindings, { numRuns: 400, seed: 20_261_120 })
      .flatMap((one) => one.found);
    const ends = new Set(found.map(({ details }) => details.endedBecause));
    const scopes = new Set(found.map(({ details }) => (details.limitFrom as { scope: string }).scope));
    expect(ends).toEqual(new Set(['gap', 'limitChanged', 'slowedDown', undefined]));
    expect(scopes).toEqual(new Set(['geofence', 'vehicle']));
  });
});
