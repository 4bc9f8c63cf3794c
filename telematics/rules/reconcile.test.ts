import { describe, expect, it } from 'vitest';
import type { Finding } from './finding.ts';
import { findingKey } from './finding-key.ts';
import { type ReplayedWindow, reconcile, type StandingFinding, type ToldFinding } from './reconcile.ts';
import { defaultRuleSettings } from './settings.ts';

const MINUTE_MS = 60_000;
/** From minute 10, known before it, up to minute 60. */
const WINDOW: ReplayedWindow = {
  afterMs: 10 * MINUTE_MS,
  untilMs: 60 * MINUTE_MS,
  isConverged: true,
  keptSinceMs: Number.NEGATIVE_INFINITY,
};

const finding = (startMin: number, more: Partial<Finding> = {}): Finding => ({
  rule: 'overspeed',
  kind: 'overspeed',
  subject: '',
  startMs: startMin * MINUTE_MS,
  confirmedMs: (startMin + 1) * MINUTE_MS,
  endMs: (startMin + 5) * MINUTE_MS,
  lat: 0.3,
  lon: 32.5,
  details: { peakKmh: 90 },
  ...more,
});

const standing = (one: Finding, settledMs = one.endMs ?? one.confirmedMs): StandingFinding => ({
  id: findingKey(one),
  finding: one,
  settledMs,
  vehicleId: '5',
});

const told = (...all: Finding[]): Map<string, ToldFinding> =>
  new Map(
    all.map((one) => [
      findingKey(one),
      {
        finding: one,
        settledMs: one.endMs ?? one.confirmedMs,
        vehicleId: '5',
        settings: defaultRuleSettings,
      },
    ]),
  );

describe('what a replay found', () => {
  it('is recorded, whether it is new or known', () => {
    const [known, fresh] = [finding(20), finding(40)];
    const difference = reconcile([standing(known)], told(known, fresh), WINDOW);
    expect(difference.record.map((one) => one.finding)).toEqual([known, fresh]);
    expect(difference.retract).toEqual([]);
  });

  it('leaves alone what was settled after the window', () => {
    const known = finding(50, { endMs: 70 * MINUTE_MS });
    const found = finding(50, { endMs: null });
    expect(reconcile([standing(known)], told(found), WINDOW).record).toEqual([]);
  });

  it('counts before what was settled after the window where its state is another', () => {
    const known = finding(50, { endMs: 70 * MINUTE_MS });
    const window = { ...WINDOW, isConverged: false };
    for (const endMs of [null, 55 * MINUTE_MS]) {
      const found = finding(50, { endMs });
      const difference = reconcile([standing(known)], told(found), window);
      expect(difference.record.map((one) => one.finding)).toEqual([found]);
    }
  });
});

describe('what a replay did not find', () => {
  it('is retracted if it became certain within the window', () => {
    const gone = finding(20);
    expect(reconcile([standing(gone)], told(), WINDOW).retract).toEqual([
      { standing: standing(gone), reason: 'late_data', supersededBy: null },
    ]);
  });

  it('is superseded by the same thing with another beginning', () => {
    const [old, better] = [finding(20), finding(19)];
    expect(reconcile([standing(old)], told(better), WINDOW).retract).toEqual([
      { standing: standing(old), reason: 'superseded', supersededBy: better },
    ]);
  });

  it('is not superseded by one of another subject, one elsewhere in time, or one that was known', () => {
    const old = finding(20);
    const reasons = (...found: Finding[]) =>
      reconcile([standing(old), standing(finding(22))], told(...found), WINDOW)
        .retract.filter(({ standing: { finding: one } }) => one === old)
        .map(({ reason }) => reason);
    expect(reasons(finding(19, { subject: 'other' }))).toEqual(['late_data']);
    expect(reasons(finding(40))).toEqual(['late_data']);
    expect(reasons(finding(22))).toEqual(['late_data']);
  });

  it('lasts again if it was certain before and only its end lay in the window', () => {
    const early = finding(5, { endMs: 20 * MINUTE_MS });
    const difference = reconcile([standing(early)], told(), WINDOW);
    expect(difference).toEqual({ record: [], reopen: [standing(early)], retract: [] });
  });

  it('stays as it is if it was certain and settled before, or lasts anyway', () => {
    const lasting = finding(5, { endMs: null });
    expect(reconcile([standing(lasting)], told(), WINDOW)).toEqual({ record: [], reopen: [], retract: [] });
    const over = finding(1);
    expect(reconcile([standing(over)], told(), WINDOW)).toEqual({ record: [], reopen: [], retract: [] });
  });

  it('stays as it is where the positions that led to it may have been deleted', () => {
    const window = { ...WINDOW, keptSinceMs: 40 * MINUTE_MS };
    const [gone, ended, kept] = [finding(20), finding(5, { endMs: 30 * MINUTE_MS }), finding(45)];
    const difference = reconcile([standing(gone), standing(ended), standing(kept)], told(), window);
    expect(difference.reopen).toEqual([]);
    expect(difference.retract.map(({ standing: { finding: one } }) => one)).toEqual([kept]);
  });

  it('stays as it is if its end was told after the window', () => {
    const early = finding(5, { endMs: 59 * MINUTE_MS });
    const difference = reconcile([standing(early, 65 * MINUTE_MS)], told(), WINDOW);
    expect(difference.reopen).toEqual([]);
  });
});
