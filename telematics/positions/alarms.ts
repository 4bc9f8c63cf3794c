/**
 * The names under which adapters report what a tracker raises. One event has one name whatever
 * the format, so that a rule knows it; the native format may carry others of its own.
 */
export const alarms = [
  /** The vehicle's supply is gone from the tracker. */
  'powerCut',
  /** Taken off its connector or from the vehicle. */
  'unplug',
  /** The tracker's case was opened, or it saw light. */
  'tamper',
  /** The mobile network is jammed. */
  'jamming',
  /** Satellite signals are jammed. */
  'gnssJamming',
  'antennaCut',
  /** The vehicle's battery. */
  'lowPower',
  /** The tracker's own battery. */
  'lowBattery',
  /** Moved while the ignition is off. */
  'tow',
  'vibration',
  'crash',
  'sos',
  'overspeed',
  'harshAcceleration',
  'harshBraking',
  'harshCornering',
  'idling',
  'fatigue',
  'distraction',
  'door',
  'geofenceEnter',
  'geofenceExit',
  'powerOff',
  'general',
] as const;

export type Alarm = (typeof alarms)[number];

/** Alarms as a position carries them: sorted, each once, with commas; null for none. */
export function alarmText(raised: readonly Alarm[]): string | null {
  return raised.length === 0 ? null : [...new Set(raised)].sort().join(',');
}
