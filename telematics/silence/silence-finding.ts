import type { Finding } from '../rules/finding.ts';
import type { Json } from '../rules/json.ts';
import {
  certainAtMs,
  classOf,
  type Evidence,
  isTamper,
  type Patience,
  type SilenceClass,
  type SilenceFacts,
} from './silence-class.ts';

/** Where and how a device was last seen; null where it never was. */
export interface LastSeen {
  lat: number | null;
  lon: number | null;
  fixTimeMs: number | null;
  ignition: boolean | null;
  speedKmh: number | null;
}

const MAX_EVIDENCE = 5;

/** A silence that lasts, with what it is explained by. */
export function silenceFinding(
  facts: SilenceFacts,
  seen: LastSeen,
  patience: Patience,
  silenceClass: SilenceClass,
): Finding {
  const { sinceMs, wasHeard, wasParked, batteryV, deviceBatteryV, evidence } = facts;
  const details: { [key: string]: Json } = {
    class: silenceClass,
    since: wasHeard ? 'lastReceipt' : 'installation',
    afterS: patience.afterS,
    sleepHeartbeatS: patience.sleepHeartbeatS,
    wasParked,
    lastFixMs: seen.fixTimeMs,
    ignition: seen.ignition,
    speedKmh: seen.speedKmh,
    evidence: shownEvidence(evidence),
  };
  if (batteryV !== null) details.batteryV = batteryV;
  if (deviceBatteryV !== null) details.deviceBatteryV = deviceBatteryV;
  return {
    rule: 'silence',
    kind: 'silence',
    subject: '',
    startMs: sinceMs,
    confirmedMs: certainAtMs(facts, patience, silenceClass),
    endMs: null,
    lat: seen.lat,
    lon: seen.lon,
    details,
  };
}

function shownEvidence(evidence: readonly Evidence[]): Json[] {
  return evidence
    .slice(0, MAX_EVIDENCE)
    .map(({ eventId, kind, startMs }) => ({ eventId, kind, occurredMs: startMs }));
}

/** The silence under a class that is worse than the one it was told under; null if there is none. */
export function worseSilence(finding: Finding, evidence: readonly Evidence[], nowMs: number): Finding | null {
  const { startMs, details } = finding;
  const told = details.class;
  const facts: SilenceFacts = {
    sinceMs: startMs,
    wasHeard: told !== 'never_heard',
    // Whether it may sleep was settled when it was told.
    wasParked: false,
    batteryV: null,
    deviceBatteryV: null,
    batteryPercent: null,
    evidence,
    isInCoverageHole: told === 'coverage_hole',
  };
  const patience = { afterS: Number(details.afterS), sleepHeartbeatS: Number(details.sleepHeartbeatS) };
  const now = classOf(facts, patience, nowMs);
  const isWorse = isTamper(now) || (told === 'coverage_hole' && now === 'unexplained');
  if (!isWorse) return null;
  return {
    ...finding,
    details: { ...details, class: now, classBefore: told ?? null, evidence: shownEvidence(evidence) },
  };
}

/** Why a silence is over: the device was heard, or nobody waits for it any more. */
export type SilenceEnd =
  | { because: 'heard'; atMs: number; buffered: boolean }
  | { because: 'uninstalled' | 'disabled'; atMs: number };

/** The silence with its end. `buffered`: what it measured meanwhile came later, so it was alive without network. */
export function endedSilence(finding: Finding, end: SilenceEnd): Finding {
  const { startMs, details } = finding;
  const endMs = Math.max(end.atMs, startMs);
  return {
    ...finding,
    endMs,
    details: {
      ...details,
      silentS: Math.round((endMs - startMs) / 1_000),
      endedBecause: end.because,
      ...(end.because === 'heard' ? { buffered: end.buffered } : {}),
    },
  };
}

/**
 * Whether a silence that ended was none: the device was heard in time, and what it sent was delayed on
 * our side, which nobody could know when it was told.
 */
export function provedFalse({ startMs, details }: Finding, { because, atMs }: SilenceEnd): boolean {
  const { afterS } = details;
  return because === 'heard' && typeof afterS === 'number' && atMs - startMs < afterS * 1_000;
}
