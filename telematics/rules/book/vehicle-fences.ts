import type { AppliedFence, VehicleFences } from '../fences.ts';
import type { FenceVersion } from './applied-fence.ts';
import type { OperatorBook } from './operator-book.ts';
import { holdsAt } from './spans.ts';

const NONE: readonly AppliedFence[] = [];

/** The fences of a book that hold for a vehicle which is in these groups. */
export function fencesOfVehicle(
  book: OperatorBook,
  vehicleId: string,
  groups: ReadonlySet<string>,
): VehicleFences {
  const appliesTo = (version: FenceVersion): boolean =>
    version.vehicleId === null
      ? version.groupId === null || groups.has(version.groupId)
      : version.vehicleId === vehicleId;

  /** In the order of their ids, whatever the order of the index: rules must not depend on that. */
  const applied = (keys: readonly number[], epochMs: number): readonly AppliedFence[] => {
    if (keys.length === 0) return NONE;
    const found: FenceVersion[] = [];
    for (const key of keys) {
      const version = book.versions.get(key)!;
      if (holdsAt(version, epochMs) && appliesTo(version)) found.push(version);
    }
    return found.length > 1 ? found.sort(byGeofence) : found;
  };

  let territories: { revision: number; versions: readonly FenceVersion[] } | null = null;
  const allTerritories = (): readonly FenceVersion[] => {
    if (territories?.revision !== book.revision) {
      const versions = [...book.territories].filter(appliesTo).sort(byGeofence);
      territories = { revision: book.revision, versions };
    }
    return territories.versions;
  };

  return {
    territories: (epochMs) => {
      const all = allTerritories();
      return all.length === 0 ? NONE : all.filter((version) => holdsAt(version, epochMs));
    },
    containing: (lat, lon, epochMs) => applied(book.index.containing(lat, lon), epochMs),
    crossed: (from, to, epochMs) => applied(book.index.crossed(from.lat, from.lon, to.lat, to.lon), epochMs),
    get: (geofenceId, epochMs) =>
      book.byGeofence.get(geofenceId)?.find((version) => holdsAt(version, epochMs) && appliesTo(version)) ??
      null,
  };
}

function byGeofence(a: FenceVersion, b: FenceVersion): number {
  // Ids are numbers in the database; shorter ones are smaller.
  return a.geofenceId.length - b.geofenceId.length || (a.geofenceId < b.geofenceId ? -1 : 1);
}
