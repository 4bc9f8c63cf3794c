import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import type { Json } from '../json.ts';
import { type CloseReason, type Moment, NOTHING_FOUND, type Rule } from '../rule.ts';
import { isLasting, toldOf } from './lasting-kinds.ts';

/*
 * Every alarm that a tracker reports is an event under its own name, whatever is wrong with the fix that
 * carried it, and also while the device is in no vehicle.
 */

const SECOND_MS = 1_000;

/** An alarm that tells of a state, from the first time that it was raised on. */
interface Episode {
  kind: string;
  startMs: number;
  /** When it was last told to last. */
  lastMs: number;
  /** How often it was raised after the first time. */
  repeats: number;
  lat: number | null;
  lon: number | null;
  details: Readonly<Record<string, Json>>;
}

/** At most one of each kind of lasting-kinds.ts, by kind. */
export interface AlarmsState {
  lasting: readonly Episode[];
}

const NOTHING_LASTS: AlarmsState = { lasting: [] };

export const alarmsRule: Rule<AlarmsState> = {
  initial: NOTHING_LASTS,
  next(state, moment) {
    const { fix } = moment;
    if (fix.alarm === null && state.lasting.length === 0) return { state, found: NOTHING_FOUND };
    const raised = alarmsOf(fix.alarm);
    const found: Finding[] = [];
    const lasting: Episode[] = [];
    for (const episode of state.lasting) {
      const next = followed(episode, moment, raised.includes(episode.kind));
      if ('rule' in next) found.push(next);
      else lasting.push(next);
    }
    for (const kind of raised) {
      if (lasting.some((episode) => episode.kind === kind)) continue;
      const first = firstOf(kind, moment);
      if (isLasting(kind)) lasting.push(first);
      found.push(findingOf(first, isLasting(kind) ? null : first.startMs, first.details));
    }
    const isSame =
      lasting.length === state.lasting.length && lasting.every((one, at) => one === state.lasting[at]);
    return { state: isSame ? state : stateOf(lasting), found };
  },
  close: (state, _atMs, reason) => state.lasting.map((episode) => ended(episode, episode.lastMs, reason)),
};

function stateOf(lasting: Episode[]): AlarmsState {
  return lasting.length === 0
    ? NOTHING_LASTS
    : { lasting: lasting.sort((a, b) => (a.kind < b.kind ? -1 : 1)) };
}

/** The names that a position carries, each once; it may be a list that the tracker wrote by itself. */
export function alarmsOf(alarm: string | null): string[] {
  if (alarm === null) return [];
  const names = alarm.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

/** The episode after a further fix, or how it ended. */
function followed(episode: Episode, { fix, settings }: Moment, isRaised: boolean): Episode | Finding {
  const isRecent = fix.fixTimeMs - episode.lastMs <= settings.alarms.repeatWithinS * SECOND_MS;
  if (isRaised && isRecent) return { ...episode, lastMs: fix.fixTimeMs, repeats: episode.repeats + 1 };
  const told = toldOf(episode.kind, fix.attributes);
  // A state that is told to last went on while nothing was heard, however long that took.
  if (told === 'lasts')
    return { ...episode, lastMs: fix.fixTimeMs, repeats: episode.repeats + (isRaised ? 1 : 0) };
  if (told === 'over' && !isRaised) return ended(episode, fix.fixTimeMs, 'cleared');
  return isRecent ? episode : ended(episode, episode.lastMs, 'notRepeated');
}

function firstOf(kind: string, { fix, good, previous }: Moment): Episode {
  const place = good ?? previous;
  const details: Record<string, Json> = {
    reported: true,
    fixes: fixTimes(fix.fixTimeMs),
    placeFrom: good ? 'fix' : previous ? 'lastGoodFix' : 'none',
  };
  if (!good && previous) details.placeFixMs = previous.fixTimeMs;
  if (fix.batteryV !== null) details.batteryV = fix.batteryV;
  const event = eventOf(fix.attributes);
  if (event !== null) details.event = event;
  return {
    kind,
    startMs: fix.fixTimeMs,
    lastMs: fix.fixTimeMs,
    repeats: 0,
    lat: place?.lat ?? null,
    lon: place?.lon ?? null,
    details,
  };
}

const MAX_EVENT_CHARACTERS = 200;

/** What the tracker's format calls the event that made it send the record. */
export function eventOf(attributes: Readonly<Record<string, unknown>> | null): string | number | null {
  const event = attributes?.event;
  if (typeof event === 'number' && Number.isFinite(event)) return event;
  return typeof event === 'string' ? event.slice(0, MAX_EVENT_CHARACTERS).toWellFormed() : null;
}

function ended(
  episode: Episode,
  endMs: number,
  endedBecause: 'cleared' | 'notRepeated' | CloseReason,
): Finding {
  const { startMs, lastMs, repeats, details } = episode;
  const fixes = lastMs === startMs ? fixTimes(startMs) : fixTimes(startMs, lastMs);
  return findingOf(episode, endMs, { ...details, fixes, repeats, endedBecause });
}

function findingOf(
  { kind, startMs, lat, lon }: Episode,
  endMs: number | null,
  details: Readonly<Record<string, Json>>,
): Finding {
  return { rule: 'alarms', kind, subject: '', startMs, confirmedMs: startMs, endMs, lat, lon, details };
}
