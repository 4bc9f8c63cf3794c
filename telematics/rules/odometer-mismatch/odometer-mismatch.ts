import { Remark } from '../../positions/quality/remarks.ts';
import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import { type GoodFix, type Moment, NOTHING_FOUND, type PreviousFix, type Rule, type Step } from '../rule.ts';

/*
 * What the odometer says was driven against what the receiver saw: a cluster that was swapped or turned
 * back, a sensor that was unplugged, a tracker that sits in another vehicle.
 */

/** Between fixes further apart the straight way is too much shorter than the road to say anything. */
const MAX_LEG_MS = 5 * 60_000;
/** Slower by both, it is the jitter of a parked receiver, or creeping that neither measures well. */
const MIN_SPEED_MPS = 5 / 3.6;
/** A tracker that takes turns between two odometers is told of once a day. */
const REPLACED_AGAIN_MS = 86_400_000;

interface Reading {
  ms: number;
  lat: number;
  lon: number;
  odometerM: number;
}

interface Span {
  startMs: number;
  lat: number;
  lon: number;
  gnssM: number;
  odometerM: number;
}

export interface OdometerMismatchState {
  /** What was last read, with whatever fix. */
  lastM: number | null;
  /** The last reading with a good fix; null if there was a gap between good fixes since. */
  from: Reading | null;
  /** Way from fix to fix since `from`, metres. */
  sinceM: number;
  /** What is compared so far; null before the first way that counts. */
  span: Span | null;
  /** When a replacement was told, for as long as another one is not. */
  replacedMs: number | null;
}

const INITIAL: OdometerMismatchState = { lastM: null, from: null, sinceM: 0, span: null, replacedMs: null };

export const odometerMismatchRule: Rule<OdometerMismatchState> = {
  initial: INITIAL,
  next(before, moment) {
    const { fix, good, previous, settings } = moment;
    const { enabled, minDistanceM, tolerancePercent } = settings.odometerMismatch;
    if (!enabled) return { state: before.lastM === null ? before : INITIAL, found: NOTHING_FOUND };
    const isForgotten = before.replacedMs !== null && fix.fixTimeMs - before.replacedMs > REPLACED_AGAIN_MS;
    let state = isForgotten ? { ...before, replacedMs: null } : before;
    if (good !== null && state.from !== null) state = withWay(state, good, previous);
    if (fix.odometerM === null) return { state, found: NOTHING_FOUND };
    if ((fix.remarks & (Remark.odometerReplaced | Remark.odometerRegressed)) !== 0)
      return restarted(state, fix.odometerM, moment);
    state = withReading(state, fix.odometerM, moment);
    const { span } = state;
    if (span === null || Math.max(span.gnssM, span.odometerM) < minDistanceM)
      return { state, found: NOTHING_FOUND };
    const isAlike = differencePercent(span) <= tolerancePercent;
    return {
      state: { ...state, span: null },
      found: isAlike ? NOTHING_FOUND : [mismatch(span, fix.fixTimeMs, tolerancePercent)],
    };
  },
  // Each finding ends with the span that it is about.
  close: () => NOTHING_FOUND,
};

/** Adds the way from the fix before, or gives up what came since the last reading. */
function withWay(
  state: OdometerMismatchState,
  good: GoodFix,
  previous: PreviousFix | null,
): OdometerMismatchState {
  const { distanceM } = good;
  if (distanceM === null || previous === null || good.fixTimeMs - previous.fixTimeMs > MAX_LEG_MS)
    return { ...state, from: null, sinceM: 0 };
  return distanceM === 0 ? state : { ...state, sinceM: state.sinceM + distanceM };
}

function withReading(
  state: OdometerMismatchState,
  odometerM: number,
  { good, ignition }: Moment,
): OdometerMismatchState {
  if (good === null) return state.lastM === odometerM ? state : { ...state, lastM: odometerM };
  const { from, sinceM } = state;
  const next = { ...state, lastM: odometerM, from: readingOf(good, odometerM), sinceM: 0 };
  if (from === null) return next;
  const drivenM = odometerM - from.odometerM;
  const isMoving = Math.max(sinceM, drivenM) >= (MIN_SPEED_MPS * (good.fixTimeMs - from.ms)) / 1_000;
  // The wheels of a vehicle on a lorry or a ferry stand still rightly.
  const isCarried = ignition === false && drivenM <= 0;
  if (!isMoving || isCarried) return next;
  const span = state.span ?? { startMs: from.ms, lat: from.lat, lon: from.lon, gnssM: 0, odometerM: 0 };
  return {
    ...next,
    span: { ...span, gnssM: span.gnssM + sinceM, odometerM: span.odometerM + drivenM },
  };
}

function readingOf({ fixTimeMs, lat, lon }: GoodFix, odometerM: number): Reading {
  return { ms: fixTimeMs, lat, lon, odometerM };
}

/** Of states that have nothing to go on from. */
function isSame(a: OdometerMismatchState, b: OdometerMismatchState): boolean {
  return (
    a.from === null &&
    b.from === null &&
    a.span === null &&
    a.lastM === b.lastM &&
    a.sinceM === b.sinceM &&
    a.replacedMs === b.replacedMs
  );
}

/** The odometer reads less than before, or so much else that it must be another one. */
function restarted(
  state: OdometerMismatchState,
  odometerM: number,
  { fix, good, previous }: Moment,
): Step<OdometerMismatchState> {
  const isReplaced = (fix.remarks & Remark.odometerReplaced) !== 0;
  // The reading before the first in this vehicle was another vehicle's.
  const isTold = isReplaced && state.lastM !== null && state.replacedMs === null;
  const next = {
    lastM: odometerM,
    from: good === null ? null : readingOf(good, odometerM),
    sinceM: 0,
    span: null,
    replacedMs: isTold ? fix.fixTimeMs : state.replacedMs,
  };
  if (!isTold) return { state: isSame(state, next) ? state : next, found: NOTHING_FOUND };
  const place = good ?? previous;
  const finding: Finding = {
    ...identityAt(fix.fixTimeMs, 'replaced'),
    confirmedMs: fix.fixTimeMs,
    endMs: fix.fixTimeMs,
    lat: place?.lat ?? null,
    lon: place?.lon ?? null,
    details: {
      class: 'replaced',
      beforeM: state.lastM,
      afterM: odometerM,
      placeFrom: good ? 'fix' : previous ? 'lastGoodFix' : 'none',
      fixes: fixTimes(fix.fixTimeMs),
    },
  };
  return { state: next, found: [finding] };
}

/** By how much the longer way is longer than the shorter one; a standing odometer differs beyond every tolerance. */
function differencePercent({ gnssM, odometerM }: Span): number {
  const shorter = Math.max(0, Math.min(gnssM, odometerM));
  return (Math.max(gnssM, odometerM) / shorter - 1) * 100;
}

function mismatch(span: Span, endMs: number, tolerancePercent: number): Finding {
  const { startMs, lat, lon, gnssM, odometerM } = span;
  const percent = differencePercent(span);
  return {
    ...identityAt(startMs, ''),
    confirmedMs: endMs,
    endMs,
    lat,
    lon,
    details: {
      class: odometerM < gnssM ? 'runsSlow' : 'runsFast',
      odometerM: Math.round(odometerM),
      gnssDistanceM: Math.round(gnssM),
      // Null: one of them did not move at all.
      differencePercent: Number.isFinite(percent) ? Math.round(percent) : null,
      tolerancePercent,
      fixes: fixTimes(startMs, endMs),
    },
  };
}

/** A span begins where an odometer was replaced, so the one must not be taken for the other. */
function identityAt(startMs: number, subject: '' | 'replaced') {
  return { rule: 'odometer_mismatch', kind: 'odometerMismatch', subject, startMs } as const;
}
