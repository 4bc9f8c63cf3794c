import type { Figures } from './figures.ts';

/** A place at a time. */
export interface Arrival {
  /** Of the fix there, epoch milliseconds. */
  atMs: number;
  lat: number;
  lon: number;
  /** The odometer there; null if it never said anything. */
  odometerM: number | null;
}

/** A stop that lasts. */
export interface Rest {
  arrival: Arrival;
  confirmedMs: number;
  /** Where it stands: elsewhere than it arrived if it was pushed aside. */
  lat: number;
  lon: number;
  ignitionOnMs: number;
}

/** Where a moving vehicle may be coming to a stop. */
export interface Halt {
  arrival: Arrival;
  /** Of the move up to there: what comes after is of the stop, if it becomes one. */
  figures: Figures;
}

/** What was not seen of a move: the gaps between fixes that were longer than `maxGapS`. */
export interface Unseen {
  ms: number;
  distanceM: number;
}

/** A trip, or what may become one. */
export interface Move {
  startMs: number;
  /** When it became certain; null while it may still be nothing. */
  confirmedMs: number | null;
  /** Where it stood before; of a move that was under way when it was first seen its first fix. */
  lat: number;
  lon: number;
  startOdometerM: number | null;
  /** The first fix on the move. */
  firstMovingMs: number;
  /** Where the last good fix was, degrees. */
  lastLat: number;
  lastLon: number;
  /** Whether nothing leads up to it: the vehicle was never seen before. */
  isFirst: boolean;
  /** Fixes in a row that are far enough away; no further than is needed. */
  farFixes: number;
  /** A leg was driven with the ignition on, or not known to be off. */
  hasDriven: boolean;
  /** A fix had the ignition on. */
  wasOn: boolean;
  /** A fix showed speed with the ignition off. */
  movedOff: boolean;
  unseen: Unseen | null;
  figures: Figures;
  halt: Halt | null;
}

/**
 * `rest` alone: it stands. Both: it stands and may be leaving. `move` alone, certain: it drives;
 * uncertain: it was just seen for the first time, or after a gap, and nothing is known of it yet.
 */
export interface TripsState {
  /** Trips in a row with the ignition off; after so many the wire is not believed (`MAX_OFF_TRIPS`). */
  offTrips: number;
  /** The ignition as of the last good fix, as it was reported. */
  ignition: boolean | null;
  /** The odometer's last reading. */
  odometerM: number | null;
  rest: Rest | null;
  move: Move | null;
}

/**
 * An ignition that is off on so many trips in a row, or was never on, is not wired. It counts as
 * unknown until it is on for once.
 */
export const MAX_OFF_TRIPS = 3;

export const initialTrips: TripsState = {
  offTrips: MAX_OFF_TRIPS,
  ignition: null,
  odometerM: null,
  rest: null,
  move: null,
};
