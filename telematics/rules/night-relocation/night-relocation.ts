import { distanceM } from '../../positions/distance.ts';
import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import { DAY_MS, isNightHour, type LocalTime, localTimeOf } from '../local-time.ts';
import { type CloseReason, type GoodFix, NOTHING_FOUND, type PreviousFix, type Rule } from '../rule.ts';
import type { RuleSettings } from '../settings.ts';
import { type Home, homeOf, type Night, recentNights, withNights } from './home.ts';

/*
 * A vehicle that leaves at night the place where it usually sleeps, whoever drives it and whatever its
 * ignition says. A vehicle that has no home raises nothing.
 */

const HOUR_MS = 3_600_000;
/** Local hour at which it counts where a vehicle stands. */
const SLEEP_HOUR = 3;
/** As long before that it may have been seen last, if it stood. */
const MAX_UNSEEN_MS = 12 * HOUR_MS;
/** A vehicle that was seen no further apart than this before and after has stood there between. */
const SAME_PLACE_M = 100;
const AT_REST_KMH = 4;
/** So many fixes in a row away from home make it certain. */
const CONFIRM_FIXES = 2;
/** Of a vehicle unseen for longer before the night nobody knows whether it left in it. */
const MAX_GAP_BEFORE_NIGHT_MS = 3 * HOUR_MS;
/** A fix that believes itself further off says little, but must not hide a theft for ever. */
const MAX_ACCURACY_M = 1_000;

interface Away {
  startMs: number;
  lat: number;
  lon: number;
  count: number;
  home: Home;
  /** The last good fix at home. */
  leftAfterMs: number;
  /** The first instant of day after it. */
  nightEndMs: number;
  furthestM: number;
  confirmedMs: number | null;
}

export interface NightRelocationState {
  /** Where it stood at 03:00, at most 14, in order of their days. */
  nights: readonly Night[];
  away: Away | null;
}

const INITIAL: NightRelocationState = { nights: [], away: null };

export const nightRelocationRule: Rule<NightRelocationState> = {
  initial: INITIAL,
  next(state, { fix, good, previous, settings }) {
    if (!settings.nightRelocation.enabled) {
      if (state.nights.length === 0 && state.away === null) return { state, found: NOTHING_FOUND };
      return { state: INITIAL, found: endOf(state.away, fix.fixTimeMs, 'disabled') };
    }
    const zone = localTimeOf(settings.timeZone);
    const isOver = state.away !== null && fix.fixTimeMs >= state.away.nightEndMs;
    const current = isOver ? { ...state, away: null } : state;
    const ended = isOver ? endOf(state.away, fix.fixTimeMs, 'nightEnded') : NOTHING_FOUND;
    if (good === null || previous === null) return { state: current, found: ended };
    const { away, found } = watch(current, good, previous, settings, zone);
    const nights = withLastNight(state.nights, good, previous, zone);
    if (away === state.away && nights === state.nights) return { state, found: NOTHING_FOUND };
    return { state: { nights, away }, found: ended.length === 0 ? found : [...ended, ...found] };
  },
  close: (state, atMs, reason) => endOf(state.away, atMs, reason),
};

/** The local day whose 03:00 came last. */
const sleepDay = (epochMs: number, zone: LocalTime): number => zone.dayNumber(epochMs - SLEEP_HOUR * HOUR_MS);

/** The nights with where it stood at 03:00, if that has been since the fix before. */
function withLastNight(
  nights: readonly Night[],
  good: GoodFix,
  previous: PreviousFix,
  zone: LocalTime,
): readonly Night[] {
  const fromDay = sleepDay(previous.fixTimeMs, zone) + 1;
  const toDay = sleepDay(good.fixTimeMs, zone);
  if (fromDay > toDay) return nights;
  const hasStood = distanceM(previous.lat, previous.lon, good.lat, good.lon) <= SAME_PLACE_M;
  const hasSlept = isAtRest(previous) && sleepDay(previous.fixTimeMs + MAX_UNSEEN_MS, zone) >= fromDay;
  const lastDay = hasStood ? toDay : hasSlept ? fromDay : fromDay - 1;
  return recentNights(withNights(nights, { fromDay, toDay: lastDay }, previous), toDay);
}

function isAtRest({ speedKmh, ignition }: PreviousFix): boolean {
  return speedKmh === null ? ignition === false : speedKmh < AT_REST_KMH;
}

interface Watched {
  away: Away | null;
  found: readonly Finding[];
}

function watch(
  { nights, away }: NightRelocationState,
  good: GoodFix,
  previous: PreviousFix,
  settings: RuleSettings,
  zone: LocalTime,
): Watched {
  const { radiusM } = settings.nightRelocation;
  if (away === null) return { away: leaving(nights, good, previous, settings, zone), found: NOTHING_FOUND };
  const awayM = distanceM(away.home.lat, away.home.lon, good.lat, good.lon);
  if (awayM <= radiusM) return { away: null, found: endOf(away, good.fixTimeMs, 'returned') };
  // It may be home or away: the fix says nothing.
  if (!isBeyond(awayM, radiusM, good)) return { away, found: NOTHING_FOUND };
  const furthestM = Math.max(away.furthestM, awayM);
  if (away.confirmedMs !== null) {
    return { away: furthestM === away.furthestM ? away : { ...away, furthestM }, found: NOTHING_FOUND };
  }
  const count = away.count + 1;
  if (count < CONFIRM_FIXES) return { away: { ...away, count, furthestM }, found: NOTHING_FOUND };
  const certain = { ...away, count, furthestM, confirmedMs: good.fixTimeMs };
  return { away: certain, found: [findingOf(certain, null)] };
}

/** The first fix away from home, if the one before was at home and it left at night. */
function leaving(
  nights: readonly Night[],
  good: GoodFix,
  previous: PreviousFix,
  settings: RuleSettings,
  zone: LocalTime,
): Away | null {
  const { radiusM, minNights } = settings.nightRelocation;
  if (nights.length < minNights) return null;
  const endMs = nightEndMs(good.fixTimeMs, settings, zone);
  const home = endMs === null ? null : homeOf(nights, radiusM, minNights);
  if (endMs === null || home === null) return null;
  const awayM = distanceM(home.lat, home.lon, good.lat, good.lon);
  if (!isBeyond(awayM, radiusM, good)) return null;
  if (distanceM(home.lat, home.lon, previous.lat, previous.lon) > radiusM) return null;
  const hasLeftAtNight =
    good.fixTimeMs - previous.fixTimeMs <= MAX_GAP_BEFORE_NIGHT_MS ||
    nightEndMs(previous.fixTimeMs, settings, zone) === endMs;
  if (!hasLeftAtNight) return null;
  return {
    startMs: good.fixTimeMs,
    lat: good.lat,
    lon: good.lon,
    count: 1,
    home,
    leftAfterMs: previous.fixTimeMs,
    nightEndMs: endMs,
    furthestM: awayM,
    confirmedMs: null,
  };
}

function isBeyond(awayM: number, radiusM: number, { accuracyM }: GoodFix): boolean {
  return awayM - Math.min(accuracyM ?? 0, MAX_ACCURACY_M) > radiusM;
}

function isNight(epochMs: number, { night }: RuleSettings, zone: LocalTime): boolean {
  return isNightHour(zone.hour(epochMs), night);
}

/** The first instant of day after one of night; null if that is not of night. */
function nightEndMs(epochMs: number, settings: RuleSettings, zone: LocalTime): number | null {
  if (!isNight(epochMs, settings, zone)) return null;
  const localMs = epochMs + zone.offsetMs(epochMs);
  const dayMs = Math.floor(localMs / DAY_MS) * DAY_MS;
  const endHourMs = settings.night.toHour * HOUR_MS;
  const localEndMs = dayMs + (dayMs + endHourMs > localMs ? 0 : DAY_MS) + endHourMs;
  // The clock may change before morning.
  const guess = localEndMs - zone.offsetMs(epochMs);
  return Math.max(localEndMs - zone.offsetMs(guess), epochMs + 1);
}

type EndedBecause = 'returned' | 'nightEnded' | CloseReason;

function endOf(away: Away | null, atMs: number, endedBecause: EndedBecause): readonly Finding[] {
  if (away === null || away.confirmedMs === null) return NOTHING_FOUND;
  return [findingOf(away, { atMs: Math.min(atMs, away.nightEndMs), endedBecause })];
}

function findingOf(away: Away, end: { atMs: number; endedBecause: EndedBecause } | null): Finding {
  const { startMs, home } = away;
  return {
    rule: 'night_relocation',
    kind: 'nightRelocation',
    subject: '',
    startMs,
    confirmedMs: away.confirmedMs!,
    endMs: end?.atMs ?? null,
    lat: away.lat,
    lon: away.lon,
    details: {
      home: { lat: home.lat, lon: home.lon, nights: home.nights },
      leftAfterMs: away.leftAfterMs,
      furthestM: Math.round(away.furthestM),
      fixes: fixTimes(away.leftAfterMs, startMs, away.confirmedMs!),
      ...(end ? { endedBecause: end.endedBecause } : {}),
    },
  };
}
