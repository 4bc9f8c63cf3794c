/*
 * Why a vehicle may be silent, from what was known of it when it was last heard. What points at
 * somebody counts before what explains.
 */

export const silenceClasses = [
  'after_power_cut',
  'after_jamming',
  'never_heard',
  'expected_sleep',
  'low_battery',
  'coverage_hole',
  'unexplained',
] as const;
export type SilenceClass = (typeof silenceClasses)[number];

/** An alarm that the device reported before it fell silent. */
export interface Evidence {
  eventId: string;
  kind: string;
  startMs: number;
  /** Null while it lasts. */
  endMs: number | null;
}

/** What is known of a silent device. Instants in epoch milliseconds. */
export interface SilenceFacts {
  /** The last receipt; the installation if nothing was received since. */
  sinceMs: number;
  wasHeard: boolean;
  /** Its ignition was off, or it stood without saying anything of that. */
  wasParked: boolean;
  /** Volts; null for unknown. */
  batteryV: number | null;
  deviceBatteryV: number | null;
  batteryPercent: number | null;
  evidence: readonly Evidence[];
  /** Others fell silent where it was last seen, and proved to be well. */
  isInCoverageHole: boolean;
}

/** What an operator waits for (settings.silence), seconds. */
export interface Patience {
  afterS: number;
  sleepHeartbeatS: number;
}

const SECOND_MS = 1_000;
/** So long before the silence an alarm has to do with it; one that lasts always has. */
export const TAMPER_BEFORE_MS = 10 * 60_000;
export const BATTERY_BEFORE_MS = 2 * 3_600_000;

const POWER_CUTS = ['powerCut', 'unplug'];
const JAMMINGS = ['jamming', 'gnssJamming'];
const LOW_BATTERIES = ['lowBattery', 'lowPower'];
/** Alarms that make a silence worth telling however long a parked vehicle may sleep. */
export const TAMPER_KINDS = [...POWER_CUTS, ...JAMMINGS];
/** Alarms that may explain a silence. */
export const EVIDENCE_KINDS = [...TAMPER_KINDS, ...LOW_BATTERIES];

/** Of a 12 V supply: flat at rest. Less than the lower end is no supply, or one that is not measured. */
const FLAT_VEHICLE_V = [5.25, 11] as const;
/** Of a lithium cell; a tracker without one says 0. */
const FLAT_DEVICE_V = [1, 3.5] as const;
const FLAT_PERCENT = 10;

/** A coverage hole explains so many times what a parked vehicle may sleep, and then no more. */
export const HOLE_HEARTBEATS = 2;

/** The class of a silence that lasts until `nowMs`. */
export function classOf(facts: SilenceFacts, { sleepHeartbeatS }: Patience, nowMs: number): SilenceClass {
  const { sinceMs, evidence } = facts;
  const silentMs = nowMs - sinceMs;
  const wasRaised = (kinds: readonly string[], withinMs: number): boolean =>
    evidence.some(
      ({ kind, startMs, endMs }) =>
        kinds.includes(kind) && (endMs === null || Math.max(startMs, endMs) >= sinceMs - withinMs),
    );
  if (wasRaised(POWER_CUTS, TAMPER_BEFORE_MS)) return 'after_power_cut';
  if (wasRaised(JAMMINGS, TAMPER_BEFORE_MS)) return 'after_jamming';
  if (!facts.wasHeard) return 'never_heard';
  if (facts.wasParked && silentMs < sleepHeartbeatS * SECOND_MS) return 'expected_sleep';
  if (wasRaised(LOW_BATTERIES, BATTERY_BEFORE_MS) || isFlat(facts)) return 'low_battery';
  if (facts.isInCoverageHole && silentMs < HOLE_HEARTBEATS * sleepHeartbeatS * SECOND_MS)
    return 'coverage_hole';
  return 'unexplained';
}

/** Whether it points at somebody, whatever else there is. */
export function isTamper(silenceClass: SilenceClass): boolean {
  return silenceClass === 'after_power_cut' || silenceClass === 'after_jamming';
}

function isFlat({ batteryV, deviceBatteryV, batteryPercent }: SilenceFacts): boolean {
  const isWithin = (value: number | null, [least, most]: readonly [number, number]): boolean =>
    value !== null && value >= least && value < most;
  return (
    isWithin(batteryV, FLAT_VEHICLE_V) ||
    isWithin(deviceBatteryV, FLAT_DEVICE_V) ||
    (batteryPercent !== null && batteryPercent < FLAT_PERCENT)
  );
}

/** When the silence became one that is told, for its class. */
export function certainAtMs(
  { sinceMs, wasParked }: SilenceFacts,
  { afterS, sleepHeartbeatS }: Patience,
  silenceClass: SilenceClass,
): number {
  const isSlept = wasParked && !isTamper(silenceClass) && silenceClass !== 'never_heard';
  return sinceMs + SECOND_MS * (isSlept ? Math.max(afterS, sleepHeartbeatS) : afterS);
}
