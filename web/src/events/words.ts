import type { RiskEvent } from '../api/event-types.ts';
import { clockTime, dayOf, fullTime } from '../replay/day.ts';
import {
  type Details,
  distance,
  geofenceOf,
  type Limit,
  limitOf,
  numberOf,
  span,
  textOf,
} from './details.ts';
import { GEOFENCE_NOUNS, kindName, SILENCE_WORDS } from './kind-words.ts';

/** What an event's words are made of; one that was only tried has no more. */
export type Told = Pick<RiskEvent, 'kind' | 'occurredAt' | 'endedAt'> & { details: Details };

/** `Left territory Kampala`, `72 km/h where 50 was allowed, from geofence School zone`. */
export function headline(event: Told): string {
  const { kind, details } = event;
  switch (kind) {
    case 'geofenceEnter':
      return `Entered ${geofenceWords(event)}`;
    case 'geofenceExit':
      return `Left ${geofenceWords(event)}`;
    case 'geofenceCrossed':
      return `Passed through ${geofenceWords(event)}`;
    case 'geofenceDwell':
      return `In ${geofenceWords(event)} for longer than ${stayWords(event)}`;
    case 'overspeed':
      return speedWords(event);
    case 'harshAcceleration':
    case 'harshBraking':
    case 'harshCornering': {
      const strength = numberOf(details, 'peakMps2', 'accelerationMps2', 'brakingMps2', 'corneringMps2');
      return strength === null ? kindName(kind) : `${kindName(kind)}, ${Math.abs(strength).toFixed(1)} m/s²`;
    }
    case 'idling': {
      const lastedS = lasted(event);
      return lastedS === null
        ? 'Standing with its engine running'
        : `Stood ${span(lastedS)} with its engine running`;
    }
    case 'tow': {
      const far = numberOf(details, 'distanceM');
      return far === null ? kindName(kind) : `Moved ${distance(far)} with the ignition off`;
    }
    case 'nightRelocation': {
      const far = numberOf(details, 'furthestM', 'distanceM');
      return far === null ? kindName(kind) : `${distance(far)} away from home at night`;
    }
    case 'odometerMismatch': {
      if (details.class === 'replaced') return 'Odometer set or replaced';
      const by = numberOf(details, 'differencePercent');
      return by === null ? kindName(kind) : `Odometer and distance differ by ${Math.round(Math.abs(by))} %`;
    }
    case 'silence': {
      const reason = textOf(details, 'class');
      const why = reason === null ? '' : ` ${SILENCE_WORDS[reason] ?? ''}`.trimEnd();
      const lastedS = lasted(event);
      return `Silent${why}${lastedS === null ? '' : `, for ${span(lastedS)}`}`;
    }
    default:
      return kindName(kind);
  }
}

function geofenceWords({ details }: Told): string {
  const about = geofenceOf(details);
  const noun = GEOFENCE_NOUNS[about?.kind ?? 'other'] ?? 'geofence';
  if (!about?.name) return about?.kind === 'territory' ? 'its territory' : `a ${noun}`;
  // "Depot Depot North" says no more than its name does.
  return about.name.toLowerCase().startsWith(noun) ? about.name : `${noun} ${about.name}`;
}

function stayWords({ details }: Told): string {
  const allowedS = numberOf(details, 'dwellS', 'allowedS');
  return allowedS === null ? 'allowed' : span(allowedS);
}

function speedWords({ details }: Told): string {
  const peak = numberOf(details, 'peakKmh', 'peakSpeedKmh', 'maxSpeedKmh', 'speedKmh');
  const limit = limitOf(details);
  if (peak === null || limit === null) return kindName('overspeed');
  const where = limitSourceWords(limit);
  return `${Math.round(peak)} km/h where ${Math.round(limit.limitKmh)} was allowed${where && `, ${where}`}`;
}

/** `from geofence School zone`, `for this kind of vehicle`; empty if it is not known. */
export function limitSourceWords({ source }: Limit): string {
  switch (source?.scope) {
    case 'geofence':
      return source.name ? `from geofence ${source.name}` : 'from a geofence';
    case 'vehicle':
      return 'for this vehicle';
    case 'kind':
      return 'for this kind of vehicle';
    case 'lease':
      return 'while leased';
    default:
      return '';
  }
}

/** How long it lasted, seconds; null while it lasts or if it was but a moment. */
function lasted({ occurredAt, endedAt, details }: Told): number | null {
  const told = numberOf(details, 'durationS');
  if (endedAt === null) return told;
  const passedS = (Date.parse(endedAt) - Date.parse(occurredAt)) / 1000;
  return passedS > 0 ? passedS : told;
}

/** Whether it goes on as far as is known. */
export const isLasting = (event: Pick<RiskEvent, 'endedAt' | 'retractedAt'>) =>
  event.endedAt === null && event.retractedAt === null;

/** Whether it still asks for somebody's attention. */
export const isOpen = (event: Pick<RiskEvent, 'acknowledgedAt' | 'retractedAt'>) =>
  event.acknowledgedAt === null && event.retractedAt === null;

/** Of a late event both times: `Happened 12:02, found 12:31`, with the dates where they are not of one day. */
export function lateWords({ occurredAt, detectedAt }: Pick<RiskEvent, 'occurredAt' | 'detectedAt'>): string {
  const [occurredMs, detectedMs] = [Date.parse(occurredAt), Date.parse(detectedAt)];
  const write = dayOf(occurredMs) === dayOf(detectedMs) ? clockTime : fullTime;
  return `Happened ${write(occurredMs)}, found ${write(detectedMs)}`;
}

const RETRACTIONS: Readonly<Record<string, string>> = {
  late_data: 'With what came late, the rule does not find it any more.',
  superseded: 'Another event stands in its place.',
};

/** Why an event does not hold any more. */
export const retractionWords = (reason: string | null): string =>
  reason === null ? '' : (RETRACTIONS[reason] ?? reason.replaceAll('_', ' '));
