import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import type { Place } from '../geo.ts';
import { between, chance, exponential, type Random } from '../random.ts';
import { type Path, placeOnPath, vertexAt } from './path.ts';
import { type Conduct, planTrip, type Trip } from './trip.ts';
import { HANDLING } from './vehicle-kind.ts';

/** Where a vehicle drives next: a city with destinations, or one given route. */
export interface Itinerary {
  /** A path to be found on when the simulation starts. */
  first(random: Random): Path;
  /** The path that leaves where `done` ended. */
  after(done: Path, random: Random): Path;
  /** How far to the left of the line vehicles keep, metres. */
  laneM: number;
  /** What is decided beforehand about a drive along one of its paths. */
  conductOf?(path: Path): Conduct | undefined;
}

export interface VehicleState {
  kind: VehicleKind;
  /** `standing`: at a light or a stop, engine on unless it is towed. `parked`: engine off. */
  phase: 'driving' | 'standing' | 'parked';
  /** Left to stand or to be parked. */
  waitS: number;
  trip: Trip;
  /** Along the trip's path. */
  atM: number;
  /** The vertex of the path at or before `atM`. */
  vertex: number;
  /** Index of the halt ahead. */
  halt: number;
  speedMps: number;
  ignition: boolean;
  odometerM: number;
  batteryV: number;
}

/** A vehicle is moved in steps no longer than this. */
const STEP_S = 0.5;
/** Standing this near to the stop line counts as being there. */
const ARRIVED_M = 0.3;
/** Between turning the key and driving off. */
const KEY_TO_ROAD_S = [3, 12] as const;
const PARKED_MEAN_S = 200;
const PARKED_LEAST_S = 60;
const PARKED_MOST_S = 3 * 3600;
const PARKED_AT_START_SHARE = 0.22;
/** How fast the battery's voltage moves to where it is going. */
const CHARGE_TIME_S = 20;
const REST_TIME_S = 900;

const parkingS = (random: Random): number =>
  Math.min(PARKED_MOST_S, PARKED_LEAST_S + exponential(random, PARKED_MEAN_S));

/** A vehicle somewhere on its way, as it is found when the simulation starts. */
export function createVehicle(kind: VehicleKind, itinerary: Itinerary, random: Random): VehicleState {
  const path = itinerary.first(random);
  const conduct = itinerary.conductOf?.(path);
  const trip = planTrip(path, HANDLING[kind], random, conduct);
  const found = conduct?.found;
  const parked = found ? 'parkedS' in found : chance(random, PARKED_AT_START_SHARE);
  const atM = parked ? path.lengthM : onTheWayM(path, found, random);
  const vertex = vertexAt(path, atM);
  const haltAhead = trip.halts.findIndex((halt) => halt.atM > atM + 80);
  return {
    kind,
    phase: parked ? 'parked' : 'driving',
    waitS: parked ? (found && 'parkedS' in found ? found.parkedS : parkingS(random) * random()) : 0,
    trip,
    atM,
    vertex,
    halt: haltAhead < 0 ? trip.halts.length - 1 : haltAhead,
    speedMps: parked ? 0 : Math.min(0.6 * (path.limitMps[vertex] ?? 0), trip.curveMps[vertex + 1] ?? 0),
    ignition: !parked,
    odometerM: Math.round(between(random, 2_000, 180_000) * 1000),
    batteryV: (HANDLING[kind].systemV / 12) * (parked ? 12.6 : 13.9),
  };
}

function onTheWayM(path: Path, found: Conduct['found'], random: Random): number {
  if (found && 'toGoM' in found) return Math.max(0, path.lengthM - found.toGoM);
  return path.lengthM * between(random, 0.02, 0.8);
}

/** Where the vehicle is; its course is that of the road, also while it stands. */
export function whereIs(
  state: VehicleState,
  laneM: number,
): Place & { altitudeM: number; headingDeg: number } {
  const { trip, vertex, atM } = state;
  return { ...placeOnPath(trip.path, vertex, atM, laneM), headingDeg: trip.path.headingDeg[vertex] ?? 0 };
}

/** The vehicle `dtS` seconds later. The given state is left as it was. */
export function nextVehicle(
  state: VehicleState,
  dtS: number,
  itinerary: Itinerary,
  random: Random,
): VehicleState {
  const draft = { ...state };
  for (let leftS = dtS; leftS > 1e-9; ) {
    const usedS = draft.phase === 'driving' ? Math.min(leftS, STEP_S) : Math.min(leftS, draft.waitS);
    if (draft.phase === 'driving') drive(draft, usedS);
    else wait(draft, usedS, itinerary, random);
    leftS -= usedS;
  }
  draft.batteryV = nextBatteryV(draft, dtS);
  return draft;
}

function drive(draft: VehicleState, dtS: number): void {
  const { trip } = draft;
  const haltM = trip.halts[draft.halt]?.atM ?? trip.path.lengthM;
  const gapM = haltM - draft.atM;
  draft.speedMps = chooseSpeed(draft, gapM, dtS);
  const drivenM = Math.min(gapM, draft.speedMps * dtS);
  draft.atM += drivenM;
  draft.odometerM += drivenM;
  draft.vertex = vertexAt(trip.path, draft.atM, draft.vertex);
  if (gapM - drivenM <= ARRIVED_M) {
    draft.speedMps = 0;
    draft.phase = 'standing';
    draft.waitS = trip.halts[draft.halt]?.standS ?? 0;
    draft.halt++;
  }
}

/** As fast as limit, driver, engine, the next curve and the next halt allow. */
function chooseSpeed({ trip, kind, atM, vertex, speedMps }: VehicleState, gapM: number, dtS: number): number {
  const { accelerationMps2, brakingMps2, topSpeedMps } = HANDLING[kind];
  const hurry = trip.hurries.find(({ fromM, toM }) => atM >= fromM && atM < toM);
  const wanted = Math.min(topSpeedMps, (trip.path.limitMps[vertex] ?? 0) * trip.pace * (hurry?.factor ?? 1));
  const pull = accelerationMps2 * (1 - 0.7 * (speedMps / topSpeedMps));
  const eased =
    speedMps < wanted
      ? Math.min(wanted, speedMps + pull * dtS)
      : Math.max(wanted, speedMps - brakingMps2 * dtS);
  // Being able to brake for the next curve means being able to brake for all after it.
  const toCurveM = (trip.path.atM[vertex + 1] ?? 0) - atM;
  const curveMps = trip.curveMps[vertex + 1] ?? 0;
  const safe = Math.min(
    safeSpeed(gapM, 0, brakingMps2, dtS),
    safeSpeed(toCurveM, curveMps, brakingMps2, dtS),
  );
  return Math.max(0, Math.min(eased, safe));
}

/** Krauss: the speed from which, after one more step, braking to `thenMps` still fits in the gap. */
function safeSpeed(gapM: number, thenMps: number, brakingMps2: number, dtS: number): number {
  const perStep = brakingMps2 * dtS;
  return -perStep + Math.sqrt(perStep ** 2 + thenMps ** 2 + 2 * brakingMps2 * gapM);
}

/** Stands or stays parked; when that is over, drives on, parks, or turns the key for a new trip. */
function wait(draft: VehicleState, dtS: number, itinerary: Itinerary, random: Random): void {
  draft.waitS -= dtS;
  if (draft.waitS > 1e-9) return;
  if (draft.phase === 'parked') {
    const path = itinerary.after(draft.trip.path, random);
    draft.trip = planTrip(path, HANDLING[draft.kind], random, itinerary.conductOf?.(path));
    draft.atM = 0;
    draft.vertex = 0;
    draft.halt = 0;
    draft.phase = 'standing';
    draft.ignition = !draft.trip.isTowed;
    draft.waitS = between(random, ...KEY_TO_ROAD_S);
  } else if (draft.halt >= draft.trip.halts.length) {
    draft.phase = 'parked';
    draft.ignition = false;
    draft.waitS = draft.trip.parkedS ?? parkingS(random);
  } else {
    draft.phase = 'driving';
    draft.waitS = 0;
  }
}

/** Charging with the engine on, slowly settling with it off. */
function nextBatteryV({ kind, ignition, batteryV }: VehicleState, dtS: number): number {
  const goal = (HANDLING[kind].systemV / 12) * (ignition ? 14.1 : 12.5);
  return goal + (batteryV - goal) * Math.exp(-dtS / (ignition ? CHARGE_TIME_S : REST_TIME_S));
}
