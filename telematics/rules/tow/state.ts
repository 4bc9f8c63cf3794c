/** A place at an instant. */
export interface Place {
  ms: number;
  lat: number;
  lon: number;
}

/** Where the vehicle was left, and how well that is known. */
export interface Parked extends Place {
  accuracyM: number;
}

/** Fixes in a row that are away from where the vehicle was left, while the ignition is off. */
export interface Away {
  first: Place;
  /** The good fix before that; null if there is none. */
  leftAfterMs: number | null;
  /** Fixes that agree. */
  count: number;
  /** Way travelled since the place where it was left, metres. */
  distanceM: number;
  peakSpeedKmh: number | null;
  /** The longest time without a good fix on the way, ms. */
  longestGapMs: number;
  /** From where it has not moved since; the last fix while it moves. */
  rest: Place;
  /** The way up to `rest`, metres. */
  restDistanceM: number;
  /** Fix time of the fix that made it certain; null until one did. */
  confirmedMs: number | null;
  isSuspect: boolean;
}

export interface TowState {
  /** Null while the ignition is on or was never reported, and until there is a good fix with it off. */
  parked: Parked | null;
  away: Away | null;
  /** Tows since the ignition was last on; as many as convince that it is broken if it never was. */
  tows: number;
}

/**
 * So many tows without the ignition on between them say that its wire is off rather than that somebody
 * keeps towing the vehicle. The last of them says so, and what follows is not told.
 */
export const TOWS_THAT_CONVINCE = 3;

/** A vehicle whose ignition was never seen on: the first tow already is the last that is told. */
export const initialTowState: TowState = {
  parked: null,
  away: null,
  tows: TOWS_THAT_CONVINCE - 1,
};
