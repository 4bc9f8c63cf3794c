import type { Finding } from '../finding.ts';

/** Where a good fix was and when. */
export interface Place {
  fixTimeMs: number;
  lat: number;
  lon: number;
}

/** Consecutive good fixes that agree on a change which is not certain yet. */
export interface Evidence {
  /** Their fix times in order, at least one; never more than `confirmFixes` can ask for. */
  fixes: readonly number[];
  /** Of the first of them, degrees. */
  lat: number;
  lon: number;
}

/** Why a visit began or ended although the vehicle crossed no boundary. */
export type WindowChange = 'windowOpened' | 'windowClosed';

/** A time that the vehicle counts as within a geofence. */
export interface Within {
  sinceMs: number;
  /** The version that it entered. */
  version: number;
  /** Nobody saw it enter: it was inside when it, or the geofence, was seen first. */
  firstSeen: boolean;
  reason: WindowChange | null;
  /** Whether the dwell of this visit was told. */
  dwelt: boolean;
  /** What was told and lasts: of a `forbidden` one its entering. */
  episode: Finding | null;
}

/**
 * A geofence that matters for what comes: it holds the last good fix, or the vehicle counts as within it,
 * or entering it is not yet refuted.
 */
export interface Visit {
  geofenceId: string;
  within: Within | null;
  /** What speaks for leaving it, or if not within, for entering it. */
  change: (Evidence & { reason: WindowChange | null }) | null;
  /** What entering would be if it was not by crossing the boundary; null once within. */
  unseen: 'firstSeen' | 'windowOpened' | null;
  /** Its fixes wandered over the boundary while it stood: that speaks for nothing as long as it stands. */
  drifted: boolean;
  /** The last good fix outside, before a passage that it may turn out to be; null once within, or if none was seen. */
  from: Place | null;
}

/** A geofence that the vehicle passed through between two fixes, as long as it may yet turn out not to have. */
export interface Crossing {
  geofenceId: string;
  from: Place;
  /** Beyond it; null while every fix there was nearer to the boundary than its accuracy. */
  change: Evidence | null;
}

/** How the vehicle stands to all of the active geofences of kind `territory` together. */
export interface TerritoryWatch {
  /** `asleep`: there are some but none is active; null: not known yet. */
  status: 'in' | 'out' | 'asleep' | null;
  /** The one that it is in, or was in last; null unless `in`. */
  last: string | null;
  change: (Evidence & { to: 'in' | 'out' }) | null;
  /** As of a visit. */
  drifted: boolean;
  /** The event of being outside; null unless `out`. */
  episode: Finding | null;
}

export interface GeofenceState {
  /** In the order of their ids (ids.ts), at most `MAX_VISITS`. */
  visits: readonly Visit[];
  /** Likewise, at most `MAX_CROSSINGS`. */
  crossings: readonly Crossing[];
  /** Null if no territory holds for the vehicle. */
  territory: TerritoryWatch | null;
}

/**
 * So many geofences at one place are watched at once. Of more, those that are watched already stay; then
 * come forbidden ones, then the lower ids; the others are as if they were not there until one is left.
 */
export const MAX_VISITS = 256;
/** So many passages wait to be certain. Of more, forbidden ones and borders come first, then lower ids. */
export const MAX_CROSSINGS = 64;
/** So many territories, by their ids, are measured to tell how near the vehicle is to any. */
export const MAX_TERRITORIES_MEASURED = 64;

export const NOWHERE: GeofenceState = { visits: [], crossings: [], territory: null };
