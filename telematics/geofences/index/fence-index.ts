import type { GeofenceShape } from '../geofence.ts';

/**
 * Many shapes, asked which of them hold a point. `Key` numbers are the caller's own. Answers are those of
 * `containsPoint` (shape/contains.ts) on every shape, boundary included, in no particular order.
 */
export interface FenceIndex {
  readonly size: number;
  /** Adds a shape, or replaces the one of the same key. */
  put(key: number, shape: GeofenceShape): void;
  remove(key: number): void;
  /**
   * The keys of the shapes that hold the point. Not to be kept or changed: the next question may reuse
   * it.
   */
  containing(lat: number, lon: number): readonly number[];
  /**
   * The keys of the shapes that the straight way between two points leads through although they
   * hold neither. Not to be kept or changed. Ways longer than `MAX_CROSSING_M` cross nothing.
   */
  crossed(fromLat: number, fromLon: number, toLat: number, toLon: number): readonly number[];
  /**
   * Of the shape of a key, what `distanceToBoundaryM` (shape/boundary-distance.ts) says of it, metres. Throws
   * a RangeError if there is none. Goes over all its edges.
   */
  distanceToBoundaryM(key: number, lat: number, lon: number): number;
}
