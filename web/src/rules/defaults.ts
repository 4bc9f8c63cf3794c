import type { EventHandling, RuleSettings } from '../api/rule-types.ts';

// As telematics/rules/settings.ts and event-kinds.ts have them, whose values the console cannot import;
// local/console-contract.test.ts holds these against them.

export const DEFAULT_SETTINGS: RuleSettings = {
  timeZone: 'UTC',
  night: { fromHour: 22, toHour: 5 },
  geofence: {
    enabled: true,
    confirmFixes: 2,
    confirmS: 60,
    maxAccuracyM: 100,
    crossing: true,
    crossingMaxGapS: 600,
  },
  overspeed: { enabled: true, toleranceKmh: 5, minDurationS: 10, recoveryMarginKmh: 3, maxGapS: 120 },
  trips: { minTripM: 200, minStopS: 180, stopRadiusM: 100, minSpeedKmh: 4, maxGapS: 3_600 },
  harshDriving: {
    enabled: true,
    accelerationMps2: 3.5,
    brakingMps2: 4.5,
    corneringMps2: 4.5,
    maxIntervalS: 3,
  },
  idling: { enabled: true, minDurationS: 300 },
  tow: { enabled: true, minDistanceM: 250, confirmFixes: 2 },
  nightRelocation: { enabled: true, radiusM: 500, minNights: 4 },
  odometerMismatch: { enabled: true, minDistanceM: 20_000, tolerancePercent: 25 },
  alarms: { repeatWithinS: 1_800 },
  silence: { enabled: true, afterS: 10_800, sleepHeartbeatS: 86_400 },
  events: {},
};

const critical: EventHandling = { severity: 'critical', routes: ['queue', 'live'] };
const warning: EventHandling = { severity: 'warning', routes: ['queue', 'live'] };
const info: EventHandling = { severity: 'info', routes: ['queue', 'live'] };

export const DEFAULT_HANDLING: Readonly<Record<string, EventHandling>> = {
  'geofenceExit.territory': critical,
  'geofenceEnter.forbidden': critical,
  'geofenceCrossed.forbidden': critical,
  'geofenceEnter.border': critical,
  'geofenceExit.border': warning,
  'geofenceCrossed.border': critical,
  geofenceEnter: info,
  geofenceExit: info,
  geofenceDwell: info,
  geofenceCrossed: info,
  overspeed: warning,
  harshAcceleration: info,
  harshBraking: info,
  harshCornering: info,
  idling: info,
  tow: critical,
  nightRelocation: critical,
  odometerMismatch: warning,
  silence: warning,
  'silence.unexplained': critical,
  'silence.after_power_cut': critical,
  'silence.after_jamming': critical,
  'silence.expected_sleep': info,
  powerCut: critical,
  unplug: critical,
  tamper: critical,
  jamming: critical,
  gnssJamming: critical,
  antennaCut: critical,
  sos: critical,
  crash: critical,
  lowPower: warning,
  lowBattery: warning,
  vibration: info,
  door: info,
  general: info,
  fatigue: warning,
  distraction: warning,
  powerOff: warning,
};

/** Of kinds that nobody named: a tracker's own alarm. */
const UNNAMED = warning;

/** How events of a name are handled unless the operator says otherwise. */
export function defaultHandlingOf(name: string): EventHandling {
  return DEFAULT_HANDLING[name] ?? DEFAULT_HANDLING[name.split('.')[0] ?? ''] ?? UNNAMED;
}

export const sameHandling = (a: EventHandling, b: EventHandling): boolean =>
  a.severity === b.severity && a.routes.toSorted().join() === b.routes.toSorted().join();
