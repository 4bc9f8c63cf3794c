import { distanceM } from '../distance.ts';
import type { Position } from '../position.ts';
import { Doubt } from './doubts.ts';
import { Remark } from './remarks.ts';
import type { Thresholds } from './thresholds.ts';
import { MISDATED, type Verdict } from './verdict.ts';

/*
 * The verdict of a fix follows from the fixes of its device before it in fix time, never from the
 * order in which they came: `judge` is a state machine over the sorted sequence. Whoever has a late
 * fix runs it again from a state before it (repair.ts).
 */

/** What is remembered of a device's fixes up to an instant. `F` is the fix as the caller keeps it. */
export interface Track<F extends Fix = Fix> {
  /** The latest good fix: where the vehicle is. */
  good: F | null;
  /**
   * The first of the run of good fixes at exactly the place of `good`; `good` itself while it moves;
   * null once the odometer was replaced, as there is nothing to compare the next reading with.
   */
  stillSince: Reading | null;
  /** Fixes in a row that cannot be reached from `good` but from one another. */
  suspects: readonly Suspect<F>[];
  /** The last reading of the odometer, of whatever fix. */
  odometer: Reading | null;
}

/** A fix with the doubts that it has by itself (plausibility.ts). */
export interface Fix {
  position: Position;
}

export interface Suspect<F extends Fix> {
  fix: F;
  /** Bits of remarks.ts that it has whether it proves right or not. */
  remarks: number;
}

/** What the odometer said when. */
export interface Reading {
  fixTimeMs: number;
  odometerM: number | null;
}

/** A verdict that changed because of a later fix. */
export interface Revision<F extends Fix> {
  fix: F;
  verdict: Verdict;
}

export interface Judged<F extends Fix> {
  verdict: Verdict;
  track: Track<F>;
  /** Of earlier fixes, the suspects that this one proves right. */
  revisions: readonly Revision<F>[];
}

export const emptyTrack: Track<never> = { good: null, stillSince: null, suspects: [], odometer: null };

/** So many fixes that agree with one another outweigh the one that they contradict. */
const FIXES_THAT_CONVINCE = 3;
/** Beyond this a fix is compared with nothing: a vehicle may be anywhere by then. */
export const MAX_GAP_MS = 30 * 86_400_000;
/** How long an odometer's reading is remembered if the latest good fix had none. */
export const MAX_ODOMETER_GAP_MS = 6 * 3_600_000;
/** Less is taken back by rounding and by switching between sources; more is another odometer. */
const MAX_REGRESSION_M = 1_000;

const NO_REVISIONS: readonly never[] = [];

/**
 * Judges the next fix of a device in fix time.
 * @param ownDoubts what speaks against the fix whatever its neighbours are (plausibility.ts)
 */
export function judge<F extends Fix>(
  track: Track<F>,
  fix: F,
  ownDoubts: number,
  thresholds: Thresholds,
): Judged<F> {
  const { position } = fix;
  if ((ownDoubts & MISDATED) !== 0) {
    return {
      verdict: { doubts: ownDoubts, remarks: position.remarks, distanceM: null },
      track,
      revisions: NO_REVISIONS,
    };
  }
  const { odometer, remark } = readOdometer(track, position, thresholds);
  const remarks = position.remarks | remark;
  const stillSince = remark === Remark.odometerReplaced ? null : track.stillSince;
  const doubtful = (doubts: number, suspects = track.suspects): Judged<F> => ({
    verdict: { doubts, remarks, distanceM: null },
    track:
      odometer === track.odometer && suspects === track.suspects
        ? track
        : { good: track.good, stillSince, suspects, odometer },
    revisions: NO_REVISIONS,
  });
  if (ownDoubts !== 0) return doubtful(ownDoubts);

  const reading = { fixTimeMs: position.fixTimeMs, odometerM: position.odometerM };
  const good = (
    distance: number | null,
    since: Reading,
    more = 0,
    revisions: readonly Revision<F>[] = NO_REVISIONS,
  ): Judged<F> => ({
    verdict: {
      doubts: 0,
      remarks: remarks | more,
      distanceM: distance === null ? null : Math.fround(distance),
    },
    track: { good: fix, stillSince: since, suspects: NO_REVISIONS, odometer },
    revisions,
  });

  const before = track.good;
  if (before === null || position.fixTimeMs - before.position.fixTimeMs > MAX_GAP_MS)
    return good(null, reading);
  if (isSamePlace(before.position, position)) {
    // A run of more than this is not found again (track-store.ts), so it begins anew.
    if (stillSince === null || position.fixTimeMs - stillSince.fixTimeMs > MAX_GAP_MS)
      return good(0, reading);
    if (isFrozen(stillSince, position, thresholds)) return doubtful(Doubt.frozen);
    if (isDuplicate(before.position, stillSince, position, thresholds)) return doubtful(Doubt.duplicate);
    return good(0, stillSince, Remark.samePlace);
  }
  const distance = distanceBetween(before.position, position);
  if (isReachable(before.position, position, distance, thresholds)) return good(distance, reading);

  // Either this fix is wrong or the one before was: what follows tells.
  const last = track.suspects.at(-1);
  if (last === undefined) return doubtful(Doubt.impossibleJump, [{ fix, remarks }]);
  const step = distanceBetween(last.fix.position, position);
  if (!isReachable(last.fix.position, position, step, thresholds))
    return doubtful(Doubt.impossibleJump, [{ fix, remarks }]);
  const suspects = [...track.suspects, { fix, remarks }];
  if (suspects.length < FIXES_THAT_CONVINCE) return doubtful(Doubt.impossibleJump, suspects);
  return good(step, reading, 0, vindicated(track.suspects));
}

/** The suspects as good fixes. The way to the first of them was not driven in that time, so it is no distance. */
function vindicated<F extends Fix>(suspects: readonly Suspect<F>[]): Revision<F>[] {
  return suspects.map(({ fix, remarks }, at) => {
    const before = suspects[at - 1]?.fix;
    const distance = before ? Math.fround(distanceBetween(before.position, fix.position)) : null;
    return { fix, verdict: { doubts: 0, remarks: remarks | Remark.movedUnseen, distanceM: distance } };
  });
}

function distanceBetween(from: Position, to: Position): number {
  return distanceM(from.lat!, from.lon!, to.lat!, to.lon!);
}

/**
 * Whether a vehicle can have come so far in that time: at most at its top speed, and from the speed
 * that it had at most at its acceleration.
 */
function isReachable(from: Position, to: Position, distance: number, thresholds: Thresholds): boolean {
  const elapsedS = (to.fixTimeMs - from.fixTimeMs) / 1_000;
  const maxMps = thresholds.maxSpeedKmh / 3.6;
  // As a `real` column keeps them: a verdict must not depend on whether it was given before storing or after.
  const fromMps = from.speedKmh === null ? maxMps : Math.min(Math.fround(from.speedKmh) / 3.6, maxMps);
  const reachM = Math.min(
    maxMps * elapsedS,
    fromMps * elapsedS + 0.5 * thresholds.maxAccelerationMps2 * elapsedS * elapsedS,
  );
  const slackM = thresholds.jumpSlackM + Math.fround(from.accuracyM ?? 0) + Math.fround(to.accuracyM ?? 0);
  return distance <= reachM + slackM;
}

function isSamePlace(a: Position, b: Position): boolean {
  return a.lat === b.lat && a.lon === b.lon;
}

function isFrozen(since: Reading, position: Position, { frozenOdometerM }: Thresholds): boolean {
  return (
    since.odometerM !== null &&
    position.odometerM !== null &&
    position.odometerM - since.odometerM >= frozenOdometerM
  );
}

function isDuplicate(
  before: Position,
  since: Reading,
  position: Position,
  { duplicateM }: Thresholds,
): boolean {
  if (position.speedKmh === null || position.speedKmh === 0) return false;
  const wouldBeM = (Math.fround(position.speedKmh) / 3.6) * ((position.fixTimeMs - since.fixTimeMs) / 1_000);
  return (
    wouldBeM >= duplicateM &&
    same(before.speedKmh, position.speedKmh) &&
    same(before.headingDeg, position.headingDeg) &&
    same(before.altitudeM, position.altitudeM)
  );
}

function same(a: number | null, b: number | null): boolean {
  return a === b || (a !== null && b !== null && Math.fround(a) === Math.fround(b));
}

function readOdometer<F extends Fix>(
  { good, odometer }: Track<F>,
  { fixTimeMs, odometerM }: Position,
  { maxSpeedKmh }: Thresholds,
): { odometer: Reading | null; remark: number } {
  const isOfGood = odometer !== null && odometer.fixTimeMs === good?.position.fixTimeMs;
  const elapsedMs = odometer === null ? 0 : fixTimeMs - odometer.fixTimeMs;
  const isForgotten = elapsedMs > (isOfGood ? MAX_GAP_MS : MAX_ODOMETER_GAP_MS);
  // Forgotten at once and not when it is next compared: so two tracks that differ in it become the same.
  if (odometerM === null) return { odometer: isForgotten ? null : odometer, remark: 0 };
  const next = { fixTimeMs, odometerM };
  const before = odometer?.odometerM ?? null;
  if (before === null || isForgotten) return { odometer: next, remark: 0 };
  const stepM = odometerM - before;
  const furthestM = (maxSpeedKmh / 3.6) * (elapsedMs / 1_000) + MAX_REGRESSION_M;
  if (stepM > furthestM || stepM < -MAX_REGRESSION_M)
    return { odometer: next, remark: Remark.odometerReplaced };
  return { odometer: next, remark: stepM < 0 ? Remark.odometerRegressed : 0 };
}

/** Whether two tracks stand at the very same fix and would judge everything after it alike. */
export function sameTrack(a: Track, b: Track): boolean {
  return (
    a.good === b.good &&
    a.suspects.length === 0 &&
    b.suspects.length === 0 &&
    sameStill(a, b) &&
    sameReading(a.odometer, b.odometer)
  );
}

/**
 * Since when a vehicle stands matters for an hour: after that the slowest speed that a fix can repeat
 * has led far enough to be a duplicate. A vehicle parked for weeks must not be judged again for weeks.
 */
const STILL_MATTERS_MS = 3_600_000;

function sameStill(a: Track, b: Track): boolean {
  if (sameReading(a.stillSince, b.stillSince)) return true;
  if (a.good === null || a.stillSince === null || b.stillSince === null) return false;
  const nowMs = a.good.position.fixTimeMs;
  return (
    a.stillSince.odometerM === b.stillSince.odometerM &&
    nowMs - Math.max(a.stillSince.fixTimeMs, b.stillSince.fixTimeMs) >= STILL_MATTERS_MS
  );
}

function sameReading(a: Reading | null, b: Reading | null): boolean {
  return a?.fixTimeMs === b?.fixTimeMs && a?.odometerM === b?.odometerM;
}
