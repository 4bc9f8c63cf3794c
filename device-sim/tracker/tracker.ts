import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { createVehicle, type Itinerary, nextVehicle, type VehicleState, whereIs } from '../motion/vehicle.ts';
import { index, type Random } from '../random.ts';
import { type Coverage, createCoverage, nextCoverage } from './coverage.ts';
import { createGnss, type GnssFix, type GnssState, nextGnss, observe } from './gnss.ts';
import type { Observation } from './observation.ts';

/** A tracker in its vehicle. */
export interface TrackerState {
  vehicle: VehicleState;
  gnss: GnssState;
  coverage: Coverage;
  /** The simulated instant of this state, epoch milliseconds. */
  timeMs: number;
  /** When it last reported, and the ignition then. */
  reported: { timeMs: number; ignition: boolean } | null;
}

export interface Reporting {
  /** While the ignition is on. */
  movingMs: number;
  /** While it is off. */
  parkedMs: number;
}

/**
 * A tracker as it is found at `startMs`. Its first report is due within one interval of that,
 * at an instant of its own, so that a fleet does not report in step.
 */
export function createTracker(
  kind: VehicleKind,
  itinerary: Itinerary,
  { movingMs }: Reporting,
  startMs: number,
  random: Random,
): TrackerState {
  return {
    vehicle: createVehicle(kind, itinerary, random),
    gnss: createGnss(random),
    coverage: createCoverage(random),
    timeMs: startMs - index(random, movingMs),
    reported: null,
  };
}

/**
 * The tracker one moving interval later, and what it reports, if it does: always with the
 * ignition on or while it is moved, rarely otherwise, and at once when the ignition changes.
 */
export function nextTracker(
  state: TrackerState,
  itinerary: Itinerary,
  { movingMs, parkedMs }: Reporting,
  random: Random,
): { state: TrackerState; observation: (Observation & GnssFix) | null } {
  const dtS = movingMs / 1000;
  const timeMs = state.timeMs + movingMs;
  const vehicle = nextVehicle(state.vehicle, dtS, itinerary, random);
  const gnss = nextGnss(state.gnss, dtS, random);
  const coverage = nextCoverage(state.coverage, dtS, random);
  const { reported } = state;
  const ignitionChanged = reported?.ignition !== vehicle.ignition;
  // Its motion sensor wakes it when somebody tows the vehicle.
  const isAwake = vehicle.ignition || vehicle.speedMps > 0;
  const due = isAwake || ignitionChanged || reported === null || timeMs - reported.timeMs >= parkedMs;
  const next = { vehicle, gnss, coverage, timeMs };
  if (!due) return { state: { ...next, reported }, observation: null };
  const fix = observe(
    gnss,
    { ...whereIs(vehicle, itinerary.laneM), speedKmh: vehicle.speedMps * 3.6 },
    random,
  );
  return {
    state: { ...next, reported: { timeMs, ignition: vehicle.ignition } },
    observation: {
      ...fix,
      timeMs,
      ignition: vehicle.ignition,
      ignitionChanged,
      odometerM: Math.floor(vehicle.odometerM),
      tripM: Math.floor(vehicle.atM),
      batteryV: Math.round(vehicle.batteryV * 100) / 100,
      alarm: null,
    },
  };
}
