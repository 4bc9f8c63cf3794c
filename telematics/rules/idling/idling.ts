import { distanceM } from '../../positions/distance.ts';
import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import { type GoodFix, type Moment, NOTHING_FOUND, type PreviousFix, type Rule, type Step } from '../rule.ts';

/** Beyond it nobody knows whether the engine ran all the while: with the ignition on trackers report more often. */
const MAX_GAP_MS = 15 * 60_000;

/** A vehicle that stands with its ignition on, from its first fix on. */
export interface Idling {
  startMs: number;
  lat: number;
  lon: number;
  /** When it had lasted for long enough; null before. */
  confirmedMs: number | null;
  /** `minDurationS` as it was then. */
  minDurationS: number;
  /** The last fix that showed it. */
  lastMs: number;
}

/** Null while it does not idle. */
export type IdlingState = Idling | null;

/**
 * Standing with the ignition on for `minDurationS` and longer, as one episode. It ends at the fix that
 * has the ignition off, or else at the last one that showed it idle.
 */
export const idlingRule: Rule<IdlingState> = {
  initial: null,

  next(state, moment) {
    const { fix, good, settings } = moment;
    if (!settings.idling.enabled) return ended(state, state?.lastMs ?? 0);
    if (state === null) return begun(moment);
    if (fix.fixTimeMs - state.lastMs > MAX_GAP_MS) {
      const { found } = ended(state, state.lastMs);
      return { state: begun(moment).state, found };
    }
    if (moment.ignition !== true) return ended(state, fix.fixTimeMs);
    if (good === null) return { state, found: NOTHING_FOUND };
    const isThere =
      isStanding(moment, good) && distanceM(state.lat, state.lon, good.lat, good.lon) <= reachM(moment, good);
    if (!isThere) {
      const { found } = ended(state, state.lastMs);
      return { state: begun(moment).state, found };
    }
    return lasting(state, good, settings.idling.minDurationS);
  },

  close: (state, atMs) => ended(state, atMs).found,
};

function begun(moment: Moment): Step<IdlingState> {
  const { good, ignition } = moment;
  if (good === null || ignition !== true || !isStanding(moment, good))
    return { state: null, found: NOTHING_FOUND };
  const { fixTimeMs: startMs, lat, lon } = good;
  const { minDurationS } = moment.settings.idling;
  return {
    state: { startMs, lat, lon, confirmedMs: null, minDurationS, lastMs: startMs },
    found: NOTHING_FOUND,
  };
}

function lasting(before: Idling, { fixTimeMs }: GoodFix, minDurationS: number): Step<IdlingState> {
  const state = { ...before, lastMs: fixTimeMs };
  if (before.confirmedMs !== null || fixTimeMs - before.startMs < minDurationS * 1_000)
    return { state, found: NOTHING_FOUND };
  const confirmed = { ...state, confirmedMs: fixTimeMs, minDurationS };
  return { state: confirmed, found: [findingOf(confirmed, fixTimeMs, null)] };
}

function ended(state: IdlingState, endMs: number): Step<IdlingState> {
  const found =
    state === null || state.confirmedMs === null
      ? NOTHING_FOUND
      : [findingOf(state, state.confirmedMs, endMs)];
  return { state: null, found };
}

function findingOf(
  { startMs, lat, lon, minDurationS, lastMs }: Idling,
  confirmedMs: number,
  endMs: number | null,
): Finding {
  return {
    rule: 'idling',
    kind: 'idling',
    subject: '',
    startMs,
    confirmedMs,
    endMs,
    lat,
    lon,
    details: {
      durationS: Math.floor(((endMs ?? lastMs) - startMs) / 1_000),
      minDurationS,
      fixes: fixTimes(startMs, confirmedMs, lastMs, endMs ?? lastMs),
    },
  };
}

/** By its speed, or by the way from the fix before if the tracker tells none. */
function isStanding({ previous, settings }: Moment, good: GoodFix): boolean {
  const { minSpeedKmh } = settings.trips;
  if (good.speedKmh !== null) return good.speedKmh < minSpeedKmh;
  return previous !== null && meanKmh(previous, good) < minSpeedKmh;
}

function meanKmh(from: PreviousFix, to: GoodFix): number {
  return (distanceM(from.lat, from.lon, to.lat, to.lon) / (to.fixTimeMs - from.fixTimeMs)) * 3_600;
}

/** Fixes of a vehicle that stands wander about. */
function reachM({ settings }: Moment, { accuracyM }: GoodFix): number {
  return settings.trips.stopRadiusM + (accuracyM ?? 0);
}
