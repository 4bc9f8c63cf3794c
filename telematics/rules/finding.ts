import type { Json } from './json.ts';

/** The rules, by the names of their folders; `undated_alarm` and `silence` run outside of the engine. */
export const ruleNames = [
  'alarms',
  'geofence',
  'overspeed',
  'trips',
  'harsh_driving',
  'idling',
  'tow',
  'night_relocation',
  'odometer_mismatch',
  'undated_alarm',
  'silence',
] as const;
export type RuleName = (typeof ruleNames)[number];

/**
 * What a rule found of a device. Its identity is (rule, kind, subject, startMs); the same one may be
 * found again with an end and other details, never with another `confirmedMs`.
 */
export interface Finding {
  rule: RuleName;
  /** event-kinds.ts; of a reported alarm its name. */
  kind: string;
  /** What tells it from others of its kind that began at the same instant, such as the geofence's id; '' if nothing has to. */
  subject: string;
  /** Fix time at which it began, epoch milliseconds. */
  startMs: number;
  /** Fix time of the fix that made it certain. */
  confirmedMs: number;
  /** Fix time at which it ended; null while it lasts; `startMs` if it is momentary. */
  endMs: number | null;
  /** Where it began, degrees; null if no good place is known. */
  lat: number | null;
  lon: number | null;
  /**
   * Why it was found, for a person and a program: the limit and where it came from, the fixes that made
   * it (their fix times under `fixes`), and its figures with units in their names.
   */
  details: { [key: string]: Json };
}
