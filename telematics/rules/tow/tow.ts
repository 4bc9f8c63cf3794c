import { distanceM } from '../../positions/distance.ts';
import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import { type CloseReason, type GoodFix, type Moment, NOTHING_FOUND, type Rule, type Step } from '../rule.ts';
import { type Away, initialTowState, type Parked, TOWS_THAT_CONVINCE, type TowState } from './state.ts';

/*
 * A vehicle that moves while its ignition is off: towed, loaded, pushed, ferried. A tracker's own alarm
 * `tow` is an event of the rule `alarms`; this one needs nothing but fixes and the ignition.
 */

/** So long within so small a circle, a towed vehicle has arrived. Traffic lights and jams are shorter. */
const REST_MS = 15 * 60_000;
const REST_RADIUS_M = 100;
/** A fix that believes itself further off says little, but must not hide a tow for ever. */
const MAX_ACCURACY_M = 500;

export const towRule: Rule<TowState> = {
  initial: initialTowState,
  next(state, moment) {
    const { fix, good, ignition } = moment;
    if (!moment.settings.tow.enabled) {
      const { parked, tows } = state;
      if (parked === null && tows === initialTowState.tows) return { state, found: NOTHING_FOUND };
      return { state: initialTowState, found: endOf(state, fix.fixTimeMs, 'disabled') };
    }
    if (ignition === true) return ignitionOn(state, fix.fixTimeMs);
    if (ignition === null || good === null || state.tows >= TOWS_THAT_CONVINCE)
      return { state, found: NOTHING_FOUND };
    return state.parked === null
      ? { state: { ...state, parked: parkedAt(good) }, found: NOTHING_FOUND }
      : stillOff(state, state.parked, good, moment);
  },
  close: (state, atMs, reason) => endOf(state, atMs, reason),
};

const IGNITION_ON: TowState = { parked: null, away: null, tows: 0 };

function ignitionOn(state: TowState, atMs: number): Step<TowState> {
  if (state.parked === null && state.tows === 0) return { state, found: NOTHING_FOUND };
  return { state: IGNITION_ON, found: endOf(state, atMs, 'ignitionOn') };
}

function parkedAt(good: GoodFix): Parked {
  return { ms: good.fixTimeMs, lat: good.lat, lon: good.lon, accuracyM: accuracyOf(good) };
}

function accuracyOf({ accuracyM }: GoodFix): number {
  return Math.min(accuracyM ?? 0, MAX_ACCURACY_M);
}

/** A further good fix since the ignition went off. */
function stillOff(state: TowState, parked: Parked, good: GoodFix, moment: Moment): Step<TowState> {
  const { minDistanceM, confirmFixes } = moment.settings.tow;
  // A vehicle that is towed back to where it stood is still being towed.
  if (state.away === null || state.away.confirmedMs === null) {
    const awayM = distanceM(parked.lat, parked.lon, good.lat, good.lon);
    if (awayM < minDistanceM) return { state: stillThere(state), found: NOTHING_FOUND };
    // It may be there or away: the fix says nothing.
    if (awayM - parked.accuracyM - accuracyOf(good) < minDistanceM) return { state, found: NOTHING_FOUND };
  }
  const moved =
    state.away === null ? leaving(parked, good, moment, state) : further(state.away, good, moment);
  const isNews = moved.confirmedMs === null && moved.count >= confirmFixes;
  const away = isNews ? { ...moved, confirmedMs: good.fixTimeMs } : moved;
  const next = away === state.away ? state : { ...state, away };
  if (away.confirmedMs !== null && good.fixTimeMs - away.rest.ms >= REST_MS) {
    const tows = state.tows + 1;
    const isTold = tows < TOWS_THAT_CONVINCE;
    const arrived = { ...away.rest, accuracyM: accuracyOf(good) };
    return {
      // Once the ignition is not believed, where the vehicle stands says nothing any more.
      state: isTold ? { parked: arrived, away: null, tows } : { ...initialTowState, tows },
      found: endOf(next, away.rest.ms, 'atRest'),
    };
  }
  return { state: next, found: isNews ? [findingOf(next, away, null)] : NOTHING_FOUND };
}

function stillThere(state: TowState): TowState {
  return state.away === null ? state : { ...state, away: null };
}

function leaving(parked: Parked, good: GoodFix, { previous }: Moment, { tows }: TowState): Away {
  const place = { ms: good.fixTimeMs, lat: good.lat, lon: good.lon };
  const way = distanceM(parked.lat, parked.lon, good.lat, good.lon);
  return {
    first: place,
    leftAfterMs: previous?.fixTimeMs ?? null,
    count: 1,
    distanceM: way,
    peakSpeedKmh: good.speedKmh,
    longestGapMs: previous === null ? 0 : good.fixTimeMs - previous.fixTimeMs,
    rest: place,
    restDistanceM: way,
    confirmedMs: null,
    isSuspect: tows + 1 >= TOWS_THAT_CONVINCE,
  };
}

function further(away: Away, good: GoodFix, { previous }: Moment): Away {
  const { rest } = away;
  const way = away.distanceM + (good.distanceM ?? distanceFrom(previous, good));
  const isAtRest = distanceM(rest.lat, rest.lon, good.lat, good.lon) <= REST_RADIUS_M;
  const count = away.confirmedMs === null ? away.count + 1 : away.count;
  const peakSpeedKmh = greater(away.peakSpeedKmh, good.speedKmh);
  const longestGapMs = Math.max(
    away.longestGapMs,
    previous === null ? 0 : good.fixTimeMs - previous.fixTimeMs,
  );
  const isSame =
    isAtRest &&
    count === away.count &&
    way === away.distanceM &&
    peakSpeedKmh === away.peakSpeedKmh &&
    longestGapMs === away.longestGapMs;
  if (isSame) return away;
  return {
    ...away,
    count,
    distanceM: way,
    peakSpeedKmh,
    longestGapMs,
    rest: isAtRest ? rest : { ms: good.fixTimeMs, lat: good.lat, lon: good.lon },
    restDistanceM: isAtRest ? away.restDistanceM : way,
  };
}

function distanceFrom(previous: Moment['previous'], good: GoodFix): number {
  return previous === null ? 0 : distanceM(previous.lat, previous.lon, good.lat, good.lon);
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

type EndedBecause = 'ignitionOn' | 'atRest' | CloseReason;

function endOf(state: TowState, atMs: number, endedBecause: EndedBecause): readonly Finding[] {
  if (state.away === null || state.away.confirmedMs === null) return NOTHING_FOUND;
  return [findingOf(state, state.away, { atMs, endedBecause })];
}

function findingOf(
  { parked }: TowState,
  away: Away,
  end: { atMs: number; endedBecause: EndedBecause } | null,
): Finding {
  const from = parked!;
  const { first, rest } = away;
  return {
    rule: 'tow',
    kind: 'tow',
    subject: '',
    startMs: first.ms,
    confirmedMs: away.confirmedMs!,
    endMs: end?.atMs ?? null,
    lat: from.lat,
    lon: from.lon,
    details: {
      inferred: true,
      from: { lat: from.lat, lon: from.lon, sinceMs: from.ms },
      leftAfterMs: away.leftAfterMs,
      to: { lat: rest.lat, lon: rest.lon },
      distanceM: Math.round(end ? away.restDistanceM : away.distanceM),
      straightM: Math.round(distanceM(from.lat, from.lon, rest.lat, rest.lon)),
      peakSpeedKmh: away.peakSpeedKmh === null ? null : Math.round(away.peakSpeedKmh),
      longestGapS: Math.round(away.longestGapMs / 1_000),
      fixes: fixTimes(from.ms, first.ms, away.confirmedMs!),
      ...(away.isSuspect ? { ignitionSuspect: true } : {}),
      ...(end ? { endedBecause: end.endedBecause } : {}),
    },
  };
}
