import type { Finding } from '../finding.ts';
import { localTimeOf } from '../local-time.ts';
import { type GoodFix, type Moment, NOTHING_FOUND, type PreviousFix, type Rule } from '../rule.ts';
import { addLeg, type Leg, noFigures } from './figures.ts';
import { isTowed, stopOf, tripOf } from './findings.ts';
import { believedIgnition, isWithin, metresBetween, readingAfter, type Step, stepOf } from './leg.ts';
import {
  type Arrival,
  type Halt,
  initialTrips,
  MAX_OFF_TRIPS,
  type Move,
  type Rest,
  type TripsState,
} from './state.ts';

/** So many fixes in a row have to be far enough away: one stray fix is no trip. */
const FAR_FIXES = 2;
/** Of a vehicle that stood, and is seen again after a gap further away than this leads, nobody knows when it left. */
const MAX_LEAVING_KMH = 100;
/** So many times `minTripM` is far enough where no fix shows that the vehicle drove: fixes of a parked one wander. */
const DRIFT_FACTOR = 3;

/**
 * Trips and the stops between them (docs/rules.md). A trip begins where the vehicle last stood and ends
 * where it comes to stand; each is certain only when it has gone far, or stood long, enough.
 */
export const tripsRule: Rule<TripsState> = {
  initial: initialTrips,

  next(before, moment) {
    const { good, previous } = moment;
    const found: Finding[] = [];
    let state = heard(before, moment);
    if (good === null) state = withoutPlace(state, moment, found);
    else if (previous === null || (state.rest === null && state.move === null))
      state = begun(state, moment, good);
    else {
      const step = stepOf(state, moment, good, previous);
      state = lookedBack(state, moment, step, found);
      state = state.move === null ? stood(state, moment, step) : moved(state, moment, step, found);
    }
    if (good !== null && state.ignition !== moment.ignition) state = { ...state, ignition: moment.ignition };
    const odometerM = readingAfter(state.odometerM, moment.fix);
    if (odometerM !== state.odometerM) state = { ...state, odometerM };
    return { state, found: found.length === 0 ? NOTHING_FOUND : found };
  },

  close({ rest, move, odometerM }, atMs) {
    if (rest !== null) return [stopOf(move === null ? rest : returned(rest, move), atMs, atMs)];
    if (move === null || move.confirmedMs === null) return NOTHING_FOUND;
    return [tripOf(move, { atMs, lat: move.lastLat, lon: move.lastLon, odometerM }, move.figures, atMs)];
  },
};

/** An ignition that is on is wired. */
function heard(state: TripsState, { ignition }: Moment): TripsState {
  return ignition === true && state.offTrips > 0 ? { ...state, offTrips: 0 } : state;
}

/** The first good fix of a vehicle: it may stand or drive. */
function begun(state: TripsState, { settings }: Moment, good: GoodFix): TripsState {
  const isSlow = good.speedKmh !== null && good.speedKmh < settings.trips.minSpeedKmh;
  const figures = { ...noFigures, fixes: 1 };
  const here = arrivalAt(good, readingAfter(state.odometerM, good));
  const halt = isSlow ? { arrival: here, figures } : null;
  const move = moveFrom(here, { fromMs: good.fixTimeMs, good, previousReadingM: here.odometerM });
  return { ...state, rest: null, move: { ...move, isFirst: true, figures, halt } };
}

/**
 * What happened between two fixes, before the second is looked at: after a gap, or where the vehicle
 * must have stood in between, it was at a stop at the first.
 */
function lookedBack(state: TripsState, { settings }: Moment, step: Step, found: Finding[]): TripsState {
  const { rest, move } = state;
  if (move === null || !(step.isUnseen || step.hasStood)) return state;
  // Another fix there will make it a trip, or not.
  if (move.confirmedMs === null && move.farFixes > 0) return state;
  // It went to and fro at its place, if it went at all.
  if (rest !== null) return { ...state, rest: returned(rest, move), move: null };
  const last = arrivalAt(step.previous, step.previousReadingM);
  const isFar =
    metresBetween(step.previous, step.good) - (step.good.accuracyM ?? 0) >= settings.trips.minTripM;
  if (move.confirmedMs === null) {
    if (!step.hasStood && isFar) return state;
    return rested(state, { arrival: move.isFirst ? last : startOf(move), at: last }, 0, step.toMs, found);
  }
  const { halt } = move;
  const end = halt?.arrival ?? last;
  const isUnknown = !step.hasStood && isFar && end.atMs === step.fromMs;
  const ended = endTrip(state, move, halt ?? { arrival: last, figures: move.figures }, step.toMs, found);
  // Nobody knows whether it stood at all: it is on its way to here from where it was last seen.
  if (isUnknown) return { ...ended, move: moveFrom(end, step) };
  const onMs = halt === null ? 0 : move.figures.ignitionOnMs - halt.figures.ignitionOnMs;
  return rested(ended, { arrival: end, at: end }, onMs, step.toMs, found);
}

/** The next fix of a vehicle that stands. */
function stood(state: TripsState, moment: Moment, step: Step): TripsState {
  const { trips } = moment.settings;
  const rest = state.rest!;
  if (step.isSlow && isWithin(rest, step.good, trips.stopRadiusM)) {
    if (step.ignition !== true || step.isUnseen) return state;
    return { ...state, rest: { ...rest, ignitionOnMs: rest.ignitionOnMs + step.toMs - step.fromMs } };
  }
  const leg = leavingLeg(step, trips);
  const standingMs = step.ignition === true ? leg.fromMs - step.fromMs : 0;
  return {
    ...state,
    rest: standingMs === 0 ? rest : { ...rest, ignitionOnMs: rest.ignitionOnMs + standingMs },
    move: afterStep(moveFrom(rest, leg), moment, leg),
  };
}

/**
 * The leg on which a vehicle leaves: a tracker that slept woke up on the way, so it left not long before
 * the fix, unless that is anybody's guess.
 */
function leavingLeg(step: Step, { minStopS, minSpeedKmh }: Moment['settings']['trips']): Step {
  const straightM = metresBetween(step.previous, step.good);
  const isNear = straightM <= (MAX_LEAVING_KMH / 3.6) * minStopS;
  const isGuess = step.isUnseen && !(step.hasStood && isNear);
  const fromMs = isGuess ? step.fromMs : Math.max(step.fromMs, step.toMs - minStopS * 1_000);
  if (fromMs === step.fromMs) return step;
  const isDriven = (straightM / (step.toMs - fromMs)) * 3_600 >= minSpeedKmh;
  return { ...step, fromMs, isDriven, isUnseen: false };
}

/** The next fix of a vehicle that moves, or may. */
function moved(state: TripsState, moment: Moment, step: Step, found: Finding[]): TripsState {
  const { trips } = moment.settings;
  const { good, toMs } = step;
  let { rest } = state;
  let move = movedOn(state.move!, moment, step);
  if (move.confirmedMs === null) {
    if (rest !== null && step.isSlow && isWithin(rest, good, trips.stopRadiusM))
      return { ...state, rest: returned(rest, move), move: null };
    if (move.farFixes >= FAR_FIXES) {
      move = { ...move, confirmedMs: toMs };
      if (rest !== null) found.push(stopOf(rest, move.startMs, toMs));
      found.push(tripOf(move, null, move.figures, toMs));
      rest = null;
    }
  }
  const { halt } = move;
  const isHalted =
    halt !== null &&
    step.isSlow &&
    (toMs - halt.arrival.atMs >= trips.minStopS * 1_000 || (step.ignitionNow === false && !isTowed(move)));
  if (!isHalted) return { ...state, rest, move };
  const onMs = move.figures.ignitionOnMs - halt.figures.ignitionOnMs;
  if (move.confirmedMs !== null) {
    const ended = endTrip({ ...state, rest }, move, halt, toMs, found);
    return rested(ended, { arrival: halt.arrival, at: halt.arrival }, onMs, toMs, found);
  }
  if (move.farFixes > 0) return { ...state, rest, move };
  const { lat, lon } = halt.arrival;
  // It was pushed aside.
  if (rest !== null) return { ...state, rest: { ...returned(rest, move), lat, lon }, move: null };
  const arrival = move.isFirst ? halt.arrival : startOf(move);
  return rested(state, { arrival, at: halt.arrival }, onMs, toMs, found);
}

/** One that stood where it was first seen begins its trip when it leaves. */
function movedOn(move: Move, moment: Moment, step: Step): Move {
  const { isFirst, startMs, halt } = move;
  if (!isFirst || step.isSlow || halt?.arrival.atMs !== startMs) return afterStep(move, moment, step);
  const leg = leavingLeg(step, moment.settings.trips);
  return afterStep({ ...moveFrom(halt.arrival, leg), isFirst }, moment, leg);
}

/** A fix without a place, or a doubtful one, tells of the ignition alone. */
function withoutPlace(state: TripsState, moment: Moment, found: Finding[]): TripsState {
  const { move, rest } = state;
  const { fix, previous, settings } = moment;
  if (move === null || move.confirmedMs === null || rest !== null || previous === null) return state;
  if (believedIgnition(state, moment.ignition) !== false || isTowed(move)) return state;
  const isLong = fix.fixTimeMs - previous.fixTimeMs >= settings.trips.minStopS * 1_000;
  const halt =
    move.halt ?? (isLong ? { arrival: arrivalAt(previous, state.odometerM), figures: move.figures } : null);
  // If nothing more comes until it leaves again, that it was off is all that tells that it stood here.
  if (halt === null) return state.ignition === false ? state : { ...state, ignition: false };
  const ended = endTrip(state, move, halt, fix.fixTimeMs, found);
  const onMs = move.figures.ignitionOnMs - halt.figures.ignitionOnMs;
  const { arrival } = halt;
  return rested({ ...ended, ignition: false }, { arrival, at: arrival }, onMs, fix.fixTimeMs, found);
}

function rested(
  state: TripsState,
  { arrival, at }: { arrival: Arrival; at: Arrival },
  ignitionOnMs: number,
  confirmedMs: number,
  found: Finding[],
): TripsState {
  const rest: Rest = { arrival, confirmedMs, lat: at.lat, lon: at.lon, ignitionOnMs };
  found.push(stopOf(rest, null, confirmedMs));
  return { ...state, rest, move: null };
}

function endTrip(state: TripsState, move: Move, halt: Halt, untilMs: number, found: Finding[]): TripsState {
  found.push(tripOf(move, halt.arrival, halt.figures, untilMs));
  const offTrips = isTowed(move) ? Math.min(MAX_OFF_TRIPS, state.offTrips + 1) : state.offTrips;
  return { ...state, offTrips, move: null };
}

/** A stop whose vehicle seemed to leave, and did not. */
function returned(rest: Rest, { figures }: Move): Rest {
  return figures.ignitionOnMs === 0
    ? rest
    : { ...rest, ignitionOnMs: rest.ignitionOnMs + figures.ignitionOnMs };
}

/** A move from a place, on the leg that leads away from it. */
function moveFrom(
  { lat, lon }: { lat: number; lon: number },
  { fromMs, good, previousReadingM }: Pick<Step, 'fromMs' | 'good' | 'previousReadingM'>,
): Move {
  return {
    startMs: fromMs,
    confirmedMs: null,
    lat,
    lon,
    startOdometerM: previousReadingM,
    firstMovingMs: good.fixTimeMs,
    lastLat: good.lat,
    lastLon: good.lon,
    isFirst: false,
    farFixes: 0,
    hasDriven: false,
    wasOn: false,
    movedOff: false,
    unseen: null,
    figures: noFigures,
    halt: null,
  };
}

function afterStep(move: Move, { settings }: Moment, step: Step): Move {
  const { good, ignitionNow, isUnseen } = step;
  const { trips, night, timeZone } = settings;
  const figures = addLeg(move.figures, step, night, localTimeOf(timeZone));
  const isMoving = good.speedKmh === null ? step.isDriven : !step.isSlow;
  const hasDriven = move.hasDriven || (isMoving && ignitionNow !== false);
  return {
    ...move,
    lastLat: good.lat,
    lastLon: good.lon,
    farFixes: farFixesAfter(move, good, trips.minTripM * (hasDriven ? 1 : DRIFT_FACTOR)),
    hasDriven,
    wasOn: move.wasOn || step.ignition === true || ignitionNow === true,
    movedOff: move.movedOff || (isMoving && ignitionNow === false),
    unseen: isUnseen ? moreUnseen(move, step) : move.unseen,
    figures,
    halt: haltAfter(move, figures, trips, step),
  };
}

function farFixesAfter(move: Move, good: GoodFix, neededM: number): number {
  if (move.confirmedMs !== null) return FAR_FIXES;
  const isFar = metresBetween(move, good) - (good.accuracyM ?? 0) >= neededM;
  return isFar ? Math.min(FAR_FIXES, move.farFixes + 1) : 0;
}

function moreUnseen({ unseen }: Move, { fromMs, toMs, distanceM }: Leg): Move['unseen'] {
  return { ms: (unseen?.ms ?? 0) + toMs - fromMs, distanceM: (unseen?.distanceM ?? 0) + distanceM };
}

/** Where the vehicle came to stand, as long as it stays there. */
function haltAfter(
  { halt, figures: figuresBefore }: Move,
  figures: Move['figures'],
  { stopRadiusM }: Moment['settings']['trips'],
  { good, previous, previousReadingM, readingM, isSlow, isUnseen, hasStood }: Step,
): Halt | null {
  if (halt !== null && isWithin(halt.arrival, good, stopRadiusM)) return halt;
  if (!isSlow) return null;
  // Without a speed only the second fix at a place tells that the first was at rest already.
  const wasThere = !isUnseen && (good.speedKmh === null || hasStood) && isWithin(previous, good, stopRadiusM);
  return wasThere
    ? { arrival: arrivalAt(previous, previousReadingM), figures: figuresBefore }
    : { arrival: arrivalAt(good, readingM), figures };
}

function arrivalAt({ fixTimeMs, lat, lon }: PreviousFix, odometerM: number | null): Arrival {
  return { atMs: fixTimeMs, lat, lon, odometerM };
}

function startOf({ startMs, lat, lon, startOdometerM }: Move): Arrival {
  return { atMs: startMs, lat, lon, odometerM: startOdometerM };
}
