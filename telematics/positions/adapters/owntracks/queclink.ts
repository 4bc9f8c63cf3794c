import type { Alarm } from '../../alarms.ts';

/*
 * What the qtripp converter makes of Queclink trackers: triggers that the apps do not have
 * (https://owntracks.org/booklet/tech/json/#queclink).
 */

const TRIGGER_ALARMS = new Map<string, readonly Alarm[]>([
  ['!', ['tow']],
  ['e', ['powerCut']],
  ['9', ['lowBattery']],
  ['s', ['overspeed']],
]);

/** By the report type beside the trigger, as Traccar's OwnTracksProtocolDecoder reads it. */
const HARSH_ALARMS: readonly Alarm[] = ['harshBraking', 'harshAcceleration', 'harshCornering'];

/** A new list on each call; a harsh behaviour of an unknown kind is a general alarm. */
export function alarmsOfTrigger(trigger: string | null, reportType: number | null): Alarm[] {
  if (trigger === null) return [];
  if (trigger !== 'h') return [...(TRIGGER_ALARMS.get(trigger) ?? [])];
  const isKnown = reportType !== null && reportType >= 0 && reportType <= 5;
  return [(isKnown ? HARSH_ALARMS[reportType % 3] : undefined) ?? 'general'];
}

export function ignitionOfTrigger(trigger: string | null): boolean | null {
  if (trigger === 'i') return true;
  return trigger === 'I' ? false : null;
}

export function chargingOfTrigger(trigger: string | null): boolean | null {
  if (trigger === '3') return true;
  return trigger === '2' ? false : null;
}
