/** What a simulated tracker can raise. */
export type SimulatedAlarm = 'powerCut' | 'unplug' | 'jamming' | 'sos';

/** What the receiver computed; all null together while it has no fix. */
export interface ObservedFix {
  /** Degrees, WGS 84. */
  lat: number | null;
  lon: number | null;
  altitudeM: number | null;
  speedKmh: number | null;
  /** Clockwise from true north, 0 up to but not 360. */
  headingDeg: number | null;
  accuracyM: number | null;
  hdop: number | null;
  /** Used for the fix; 0 without one. */
  satellites: number;
}

/** What a tracker knows when it reports. A format tells of it what it has fields for (formats/). */
export interface Observation extends ObservedFix {
  /** By the tracker's own clock, epoch milliseconds. */
  timeMs: number;
  ignition: boolean;
  /** The ignition is another than in the report before, or this is the first. */
  ignitionChanged: boolean;
  /** Of the vehicle, whole metres. */
  odometerM: number;
  /** Since the trip began, whole metres. */
  tripM: number;
  /** Of the vehicle's battery. */
  batteryV: number;
  alarm: SimulatedAlarm | null;
}

/** Nothing of a fix is known. */
export const NO_FIX: ObservedFix = {
  lat: null,
  lon: null,
  altitudeM: null,
  speedKmh: null,
  headingDeg: null,
  accuracyM: null,
  hdop: null,
  satellites: 0,
};

/** Faster than a receiver's noise. */
const MOVING_KMH = 3;

/** Whether the tracker believes that its vehicle moves. */
export const isMoving = ({ speedKmh }: ObservedFix): boolean => (speedKmh ?? 0) >= MOVING_KMH;
