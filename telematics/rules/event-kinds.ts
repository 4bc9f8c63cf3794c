import { z } from 'zod';
import { alarms } from '../positions/alarms.ts';
import type { Finding } from './finding.ts';

/** Kinds of events that rules derive; a reported alarm has its own name as its kind (positions/alarms.ts). */
export const derivedKinds = [
  'geofenceEnter',
  'geofenceExit',
  'geofenceDwell',
  'geofenceCrossed',
  'overspeed',
  'harshAcceleration',
  'harshBraking',
  'harshCornering',
  'idling',
  'tow',
  'nightRelocation',
  'odometerMismatch',
  'silence',
] as const;

export const severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof severity>;

/** `queue`: the BullMQ queue `risk-events`; `live`: the live WebSocket. Every event is in the table. */
export const eventRoute = z.enum(['queue', 'live']);
export type EventRoute = z.infer<typeof eventRoute>;

export const eventHandling = z.strictObject({ severity, routes: z.array(eventRoute).max(2) });
export type EventHandling = z.infer<typeof eventHandling>;

const critical: EventHandling = { severity: 'critical', routes: ['queue', 'live'] };
const warning: EventHandling = { severity: 'warning', routes: ['queue', 'live'] };
const info: EventHandling = { severity: 'info', routes: ['queue', 'live'] };

/**
 * How events are handled unless an operator says otherwise, by kind, or by kind and what kind of geofence
 * it is about (`geofenceExit.territory`), which counts before the kind alone.
 */
export const defaultHandling: Readonly<Record<string, EventHandling>> = {
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

/** Of kinds that nobody named: an alarm of a tracker's own must not go unheard. */
const UNNAMED: EventHandling = warning;

/** Every name under which an operator may set the handling of events. */
export const handledNames: readonly string[] = [
  ...new Set([...Object.keys(defaultHandling), ...derivedKinds, ...alarms]),
];

/**
 * How an event is handled: as the operator set it, or by default. What names the variant counts before
 * what names the kind, whoever said it: whoever makes leaving a depot quiet did not mean a territory.
 */
export function handlingOf(
  { kind, details }: Pick<Finding, 'kind' | 'details'>,
  own: Readonly<Record<string, EventHandling>>,
): EventHandling {
  const variant = details.geofenceKind ?? details.class;
  const name = typeof variant === 'string' ? `${kind}.${variant}` : kind;
  return own[name] ?? defaultHandling[name] ?? own[kind] ?? defaultHandling[kind] ?? UNNAMED;
}
