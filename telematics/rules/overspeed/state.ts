/** What a good fix says of speed. */
export interface Sample {
  fixTimeMs: number;
  lat: number;
  lon: number;
  speedKmh: number;
  /** Not reported, but from the distance and the time since the good fix before. */
  isDerived: boolean;
  /** From the good fix before, metres; 0 if that is not known. */
  legM: number;
  /** The lowest limit there and then; null for none. */
  limit: Limit | null;
}

/** A limit and where it comes from. */
export interface Limit {
  limitKmh: number;
  scope: 'kind' | 'vehicle' | 'lease' | 'geofence';
  id: string;
  /** Of a geofence; null of others. */
  name: string | null;
  version: number | null;
}

export interface Peak {
  fixTimeMs: number;
  lat: number;
  lon: number;
  speedKmh: number;
}

/** A run of fixes over one limit, told or not yet. */
export interface Episode {
  limit: Limit;
  startMs: number;
  /** Where it began, degrees. */
  lat: number;
  lon: number;
  /** Of the last fix that belongs to it. */
  lastMs: number;
  /** Over its fixes, from the first to the last, metres. */
  distanceM: number;
  peak: Peak;
  /** Of none of its fixes the speed was derived. */
  isReported: boolean;
  /** Over the limit by more than this counts; of when it began. */
  toleranceKmh: number;
  /** Fix times of fixes that were over until it was certain: the first of them, and the one that made it so. */
  fixes: readonly number[];
  /** Null until it lasted long enough to be told. */
  confirmedMs: number | null;
}

export interface OverspeedState {
  episode: Episode | null;
  /** The last fix, if another limit held there than that of the episode: the next one tells whether that was a stray. */
  held: Sample | null;
}

/** So many fixes are named that made an episode certain. */
export const MAX_NAMED_FIXES = 20;

export const NOT_SPEEDING: OverspeedState = { episode: null, held: null };
