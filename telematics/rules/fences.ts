import type { GeofenceKind } from '../geofences/geofence.ts';

/** A version of a geofence that holds for a vehicle at an instant. */
export interface AppliedFence {
  geofenceId: string;
  version: number;
  name: string;
  kind: GeofenceKind;
  speedLimitKmh: number | null;
  dwellS: number | null;
  /** By its schedule; always true without one. */
  isActiveAt(epochMs: number): boolean;
  /** To the nearest point of its boundary, metres, whether inside or outside. Costly: not for every fix. */
  distanceToBoundaryM(lat: number, lon: number): number;
}

/** The fences that hold for a vehicle: its own, those of its groups and of its operator. */
export interface VehicleFences {
  /** Those of `territory`, valid at the instant; a vehicle has to be within one of the active ones, if any. */
  territories(epochMs: number): readonly AppliedFence[];
  /**
   * Those that hold the point, boundary included, valid at the instant; sorted by their ids, so that a
   * vehicle that stays where it is finds them in the same places.
   */
  containing(lat: number, lon: number, epochMs: number): readonly AppliedFence[];
  /** Those that the straight way cuts although they hold neither end, valid at the instant. */
  crossed(
    from: { lat: number; lon: number },
    to: { lat: number; lon: number },
    epochMs: number,
  ): readonly AppliedFence[];
  /** The version that is valid at the instant and holds for the vehicle; null if there is none. */
  get(geofenceId: string, epochMs: number): AppliedFence | null;
}

const NONE: readonly AppliedFence[] = [];
export const noFences: VehicleFences = {
  territories: () => NONE,
  containing: () => NONE,
  crossed: () => NONE,
  get: () => null,
};
