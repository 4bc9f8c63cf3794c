import type { RiskEvent } from '../api/event-types.ts';
import { distance, fixTimesOf, geofenceOf, limitOf, numberOf, span, textOf } from './details.ts';
import { GEOFENCE_NOUNS } from './kind-words.ts';
import { limitSourceWords } from './words.ts';

type Explained = Pick<RiskEvent, 'kind' | 'rule' | 'details' | 'occurredAt' | 'confirmedAt' | 'endedAt'>;

/** Why a rule found this, in sentences: what it goes by, the figures that crossed it, and what made it certain. */
export function explanation(event: Explained): string {
  return [reason(event), certainty(event)].filter(Boolean).join(' ');
}

function reason({ kind, rule, details }: Explained): string {
  const fence = geofenceOf(details);
  const named = fence?.name ? `“${fence.name}”` : 'the geofence';
  switch (kind) {
    case 'geofenceEnter':
      return `The vehicle came into ${named}${purpose(fence?.kind ?? null, 'in')}.`;
    case 'geofenceExit':
      return fence?.kind === 'territory'
        ? `The vehicle left ${named} and was in no other territory that holds for it.`
        : `The vehicle went out of ${named}.`;
    case 'geofenceCrossed':
      return `The way between two fixes led through ${named}, although neither was within${purpose(fence?.kind ?? null, 'in')}.`;
    case 'geofenceDwell': {
      const allowedS = numberOf(details, 'dwellS', 'allowedS');
      return `The visit to ${named} went on for longer than ${allowedS === null ? 'is allowed there' : span(allowedS)}.`;
    }
    case 'overspeed':
      return overspeed(details);
    case 'harshAcceleration':
    case 'harshBraking':
    case 'harshCornering':
      return rule === 'alarms'
        ? 'The tracker reported it.'
        : 'The speeds and headings of fixes that follow closely on each other tell of it.';
    case 'idling':
      return rule === 'alarms' ? 'The tracker reported it.' : 'The vehicle stood while its ignition was on.';
    case 'tow': {
      if (rule === 'alarms') return 'The tracker reported it.';
      const far = numberOf(details, 'distanceM');
      return `The vehicle moved${far === null ? '' : ` ${distance(far)} from where it was parked`} although its ignition was off.`;
    }
    case 'nightRelocation':
      return 'At night the vehicle was not where it usually spends the night.';
    case 'odometerMismatch':
      return details.class === 'replaced'
        ? 'The odometer jumped: it was set, or the instrument or the tracker was replaced.'
        : `The odometer ran ${details.class === 'runsFast' ? 'further' : 'less'} than the fixes tell.`;
    case 'silence':
      return silence(textOf(details, 'class'));
    default:
      return rule === 'alarms' || rule === 'undated_alarm'
        ? 'The tracker reported it.'
        : 'The rule found it in the positions of the vehicle.';
  }
}

function purpose(kind: string | null, where: 'in'): string {
  if (where === 'in' && kind === 'forbidden') return `, which is a ${GEOFENCE_NOUNS.forbidden}`;
  return kind === 'border' ? ', a border' : '';
}

function overspeed(details: RiskEvent['details']): string {
  const limit = limitOf(details);
  if (!limit) return 'The vehicle was faster than allowed.';
  const from = limitSourceWords(limit);
  const tolerance = numberOf(details, 'toleranceKmh');
  const allowance = tolerance ? `, and more than ${Math.round(tolerance)} km/h above that is speeding` : '';
  return `The lowest limit that held was ${Math.round(limit.limitKmh)} km/h${from && `, ${from}`}${allowance}.`;
}

function silence(reasonGiven: string | null): string {
  const told = 'Nothing was heard of the tracker for longer than is usual.';
  switch (reasonGiven) {
    case 'after_power_cut':
      return `${told} Its power had been cut before.`;
    case 'after_jamming':
      return `${told} It had reported jamming before.`;
    case 'coverage_hole':
      return `${told} It was last seen where trackers have often been without a network.`;
    case 'low_battery':
      return `${told} Its battery was low.`;
    case 'never_heard':
      return 'Nothing was ever heard of the tracker since it was installed.';
    case 'expected_sleep':
      return `${told} The vehicle was parked, and parked trackers sleep.`;
    default:
      return reasonGiven === null ? told : `${told} Nothing that it sent before explains it.`;
  }
}

function certainty({ details, occurredAt, confirmedAt }: Explained): string {
  const fixes = fixTimesOf(details).length;
  const afterS = (Date.parse(confirmedAt) - Date.parse(occurredAt)) / 1000;
  const made = fixes > 1 ? `${fixes} fixes made it` : fixes === 1 ? 'One fix made it' : '';
  if (afterS < 1) return made && `${made}.`;
  return made ? `${made}; it was certain after ${span(afterS)}.` : `It was certain after ${span(afterS)}.`;
}
