import { type LocalTime, type Night, nightMsWithin } from '../local-time.ts';

/** Where and when a vehicle was fastest. */
export interface TopSpeed {
  speedKmh: number;
  atMs: number;
  lat: number;
  lon: number;
}

/** What a move adds up to, leg by leg. Times in milliseconds, so that sums stay whole numbers. */
export interface Figures {
  distanceM: number;
  /** What the odometer ran; null while it said nothing. */
  odometerM: number | null;
  /** On legs that were driven. */
  drivingMs: number;
  /** On legs that were not, with the ignition on. */
  idleMs: number;
  ignitionOnMs: number;
  nightMs: number;
  nightDistanceM: number;
  /** Good fixes. */
  fixes: number;
  top: TopSpeed | null;
}

export const noFigures: Figures = {
  distanceM: 0,
  odometerM: null,
  drivingMs: 0,
  idleMs: 0,
  ignitionOnMs: 0,
  nightMs: 0,
  nightDistanceM: 0,
  fixes: 0,
  top: null,
};

/** The way from one good fix to the next. */
export interface Leg {
  /** What of it belongs to the move; its start may be later than the fix before. */
  fromMs: number;
  toMs: number;
  distanceM: number;
  /** Between the two readings at its ends; null if there is no such step. */
  odometerM: number | null;
  isDriven: boolean;
  /** Nobody knows what happened on it: it adds to the distances alone. */
  isUnseen: boolean;
  /** Whether the ignition was on where it began; null if unknown. */
  ignition: boolean | null;
  /** The fix at its end. */
  speedKmh: number | null;
  lat: number;
  lon: number;
}

export function addLeg(figures: Figures, leg: Leg, night: Night, zone: LocalTime): Figures {
  const lengthMs = leg.toMs - leg.fromMs;
  const seenMs = leg.isUnseen ? 0 : lengthMs;
  const nightMs = nightMsWithin(leg.fromMs, leg.toMs, night, zone);
  const isOn = leg.ignition === true;
  return {
    distanceM: figures.distanceM + leg.distanceM,
    odometerM: leg.odometerM === null ? figures.odometerM : (figures.odometerM ?? 0) + leg.odometerM,
    drivingMs: figures.drivingMs + (leg.isDriven ? seenMs : 0),
    idleMs: figures.idleMs + (isOn && !leg.isDriven ? seenMs : 0),
    ignitionOnMs: figures.ignitionOnMs + (isOn ? seenMs : 0),
    nightMs: figures.nightMs + nightMs,
    // Of a leg that is partly of the night, so much of its distance as of its time.
    nightDistanceM: figures.nightDistanceM + (lengthMs > 0 ? (leg.distanceM * nightMs) / lengthMs : 0),
    fixes: figures.fixes + 1,
    top: fasterOf(figures.top, leg),
  };
}

function fasterOf(top: TopSpeed | null, { speedKmh, toMs, lat, lon }: Leg): TopSpeed | null {
  if (speedKmh === null || speedKmh <= (top?.speedKmh ?? 0)) return top;
  return { speedKmh, atMs: toMs, lat, lon };
}
