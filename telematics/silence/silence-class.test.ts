import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certainAtMs,
  classOf,
  EVIDENCE_KINDS,
  isTamper,
  type SilenceFacts,
  silenceClasses,
} from './silence-class.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SINCE_MS = Date.UTC(2026, 10, 20, 12);
const patience = { afterS: 3 * 3_600, sleepHeartbeatS: 24 * 3_600 };

const driven: SilenceFacts = {
  sinceMs: SINCE_MS,
  wasHeard: true,
  wasParked: false,
  batteryV: 12.6,
  deviceBatteryV: 4,
  batteryPercent: null,
  evidence: [],
  isInCoverageHole: false,
};
const after = (hours: number, changed: Partial<SilenceFacts>) =>
  classOf({ ...driven, ...changed }, patience, SINCE_MS + hours * HOUR_MS);
const alarm = (
  kind: string,
  minutesBefore: number,
  endMs: number | null = SINCE_MS - minutesBefore * MINUTE_MS,
) => ({
  evidence: [{ eventId: 'e', kind, startMs: SINCE_MS - minutesBefore * MINUTE_MS, endMs }],
});

describe('the class of a silence', () => {
  it.each([
    ['unexplained', 3, {}],
    ['after_power_cut', 3, alarm('powerCut', 10)],
    ['unexplained', 3, alarm('powerCut', 11)],
    ['after_power_cut', 3, alarm('unplug', 600, null)],
    ['after_power_cut', 3, { ...alarm('unplug', 1), wasParked: true, isInCoverageHole: true, batteryV: 10 }],
    ['after_jamming', 3, { ...alarm('gnssJamming', 1), wasHeard: false }],
    ['never_heard', 3, { wasHeard: false, wasParked: true }],
    ['expected_sleep', 23.9, { wasParked: true, batteryV: 10, isInCoverageHole: true }],
    ['unexplained', 24, { wasParked: true }],
    ['low_battery', 24, { wasParked: true, batteryV: 10 }],
    ['low_battery', 3, alarm('lowPower', 120)],
    ['unexplained', 3, alarm('lowPower', 121)],
    ['low_battery', 3, { deviceBatteryV: 3.4 }],
    ['low_battery', 3, { batteryPercent: 9 }],
    ['unexplained', 3, { batteryV: 0, deviceBatteryV: 0, batteryPercent: 10 }],
    ['coverage_hole', 47.9, { isInCoverageHole: true }],
    ['unexplained', 48, { isInCoverageHole: true }],
  ] as const)('is %s after %d hours of %j', (silenceClass, hours, changed) => {
    expect(after(hours, changed)).toBe(silenceClass);
  });

  const facts: fc.Arbitrary<SilenceFacts> = fc.record({
    sinceMs: fc.constant(SINCE_MS),
    wasHeard: fc.boolean(),
    wasParked: fc.boolean(),
    batteryV: fc.option(fc.double({ min: 0, max: 30, noNaN: true })),
    deviceBatteryV: fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
    batteryPercent: fc.option(fc.nat(100)),
    evidence: fc.array(
      fc.record({
        eventId: fc.constant('e'),
        kind: fc.constantFrom(...EVIDENCE_KINDS),
        startMs: fc.nat(3 * HOUR_MS).map((ms) => SINCE_MS - ms),
        endMs: fc.option(fc.nat(HOUR_MS).map((ms) => SINCE_MS - ms)),
      }),
      { maxLength: 3 },
    ),
    isInCoverageHole: fc.boolean(),
  });

  it('never gets better while the silence lasts, and is certain before it is told', () => {
    const rank = (name: string): number =>
      ['expected_sleep', 'low_battery', 'coverage_hole', 'unexplained', 'never_heard'].indexOf(name);
    fc.assert(
      fc.property(facts, fc.nat(5 * 24 * HOUR_MS), fc.nat(5 * 24 * HOUR_MS), (known, silentMs, moreMs) => {
        const first = classOf(known, patience, SINCE_MS + silentMs);
        const later = classOf(known, patience, SINCE_MS + silentMs + moreMs);
        expect(silenceClasses).toContain(first);
        expect(isTamper(first) ? later === first : rank(later) >= rank(first)).toBe(true);
        const isTold = first !== 'expected_sleep' && silentMs >= patience.afterS * 1_000;
        expect(!isTold || certainAtMs(known, patience, first) <= SINCE_MS + silentMs).toBe(true);
      }),
    );
  });
});
