import type { Severity } from '../api/event-types.ts';
import { words } from '../format/units.ts';

export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

export const SEVERITY_NAMES: Record<Severity, string> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
};

/** Kinds of events as they are read. What trackers report under a name of their own is spelt out by `kindName`. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  geofenceEnter: 'Entered a geofence',
  geofenceExit: 'Left a geofence',
  geofenceDwell: 'Stayed in a geofence',
  geofenceCrossed: 'Passed through a geofence',
  overspeed: 'Speeding',
  harshAcceleration: 'Harsh acceleration',
  harshBraking: 'Harsh braking',
  harshCornering: 'Harsh cornering',
  idling: 'Idling',
  tow: 'Moved with the ignition off',
  nightRelocation: 'Away from home at night',
  odometerMismatch: 'Odometer and distance differ',
  silence: 'Silent',
  powerCut: 'Power cut',
  unplug: 'Tracker unplugged',
  tamper: 'Tracker opened',
  jamming: 'Network jammed',
  gnssJamming: 'Satellites jammed',
  antennaCut: 'Antenna cut',
  lowPower: 'Vehicle battery low',
  lowBattery: 'Tracker battery low',
  vibration: 'Vibration',
  crash: 'Crash',
  sos: 'SOS',
  fatigue: 'Driver tired',
  distraction: 'Driver distracted',
  door: 'Door opened',
  powerOff: 'Tracker switched off',
  general: 'Alarm',
};

export const kindName = (kind: string): string => KIND_WORDS[kind] ?? words(kind);

/** Why a vehicle is silent, as far as is known. */
export const SILENCE_WORDS: Readonly<Record<string, string>> = {
  after_power_cut: 'after a power cut',
  after_jamming: 'after jamming',
  coverage_hole: 'where there is no network',
  low_battery: 'with its battery low',
  never_heard: 'since it was installed',
  expected_sleep: 'asleep, as expected',
  unexplained: 'and nothing explains it',
};

export const RULE_WORDS: Readonly<Record<string, string>> = {
  alarms: 'Reported by the tracker',
  geofence: 'Geofences',
  overspeed: 'Speed limits',
  trips: 'Trips and stops',
  harsh_driving: 'Harsh driving',
  idling: 'Idling',
  tow: 'Tow',
  night_relocation: 'Relocation at night',
  odometer_mismatch: 'Odometer against distance',
  undated_alarm: 'Reported by the tracker, without a time',
  silence: 'Silence',
};

/** The names of a setting: a kind, or a kind and what it is about, `geofenceExit.territory`. */
export function handledName(name: string): string {
  const [kind = '', variant] = name.split('.');
  if (variant === undefined) return kindName(kind);
  if (kind === 'silence') return `Silent ${SILENCE_WORDS[variant] ?? variant}`;
  const place = GEOFENCE_NOUNS[variant] ?? words(variant).toLowerCase();
  const verbs: Record<string, string> = {
    geofenceEnter: 'Entered',
    geofenceExit: 'Left',
    geofenceDwell: 'Stayed in',
    geofenceCrossed: 'Passed through',
  };
  return `${verbs[kind] ?? kindName(kind)} ${article(place)} ${place}`;
}

/** Kinds of geofences within a sentence. */
export const GEOFENCE_NOUNS: Readonly<Record<string, string>> = {
  depot: 'depot',
  home: 'home',
  territory: 'territory',
  forbidden: 'forbidden zone',
  border: 'border',
  low_speed: 'low-speed zone',
  other: 'geofence',
};

const article = (noun: string) => (noun === 'territory' || noun === 'home' ? 'the' : 'a');
