import { createSchedule } from '../../geofences/schedule.ts';
import { distanceToBoundaryM } from '../../geofences/shape/boundary-distance.ts';
import { containsPoint } from '../../geofences/shape/contains.ts';
import { leadsThrough } from '../../geofences/shape/way.ts';
import type { AppliedFence, VehicleFences } from '../fences.ts';
import type { CaseGeofence } from './case-context.ts';

/** The geofences of a case, each asked by itself: what the index makes quick is plain here. */
export function caseFences(geofences: readonly CaseGeofence[]): VehicleFences {
  const versions = geofences
    .map((geofence) => ({
      shape: geofence.shape,
      fence: appliedFence(geofence),
      fromMs: geofence.validFrom ? Date.parse(geofence.validFrom) : Number.NEGATIVE_INFINITY,
      toMs: geofence.validTo ? Date.parse(geofence.validTo) : Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => (a.fence.geofenceId < b.fence.geofenceId ? -1 : 1));
  const validAt = (epochMs: number) =>
    versions.filter(({ fromMs, toMs }) => fromMs <= epochMs && epochMs < toMs);
  const fencesOf = (some: typeof versions): AppliedFence[] => some.map(({ fence }) => fence);
  return {
    territories: (epochMs) => fencesOf(validAt(epochMs)).filter(({ kind }) => kind === 'territory'),
    containing: (lat, lon, epochMs) =>
      fencesOf(validAt(epochMs).filter(({ shape }) => containsPoint(shape, lat, lon))),
    crossed: (from, to, epochMs) =>
      fencesOf(
        validAt(epochMs).filter(({ shape }) => leadsThrough(shape, from.lat, from.lon, to.lat, to.lon)),
      ),
    get: (geofenceId, epochMs) =>
      fencesOf(validAt(epochMs)).find((fence) => fence.geofenceId === geofenceId) ?? null,
  };
}

function appliedFence({
  id,
  version,
  name,
  kind,
  shape,
  schedule,
  speedLimitKmh,
  dwellS,
}: CaseGeofence): AppliedFence {
  return {
    geofenceId: id,
    version,
    name,
    kind,
    speedLimitKmh: speedLimitKmh ?? null,
    dwellS: dwellS ?? null,
    isActiveAt: schedule ? createSchedule(schedule).isActiveAt : () => true,
    distanceToBoundaryM: (lat, lon) => distanceToBoundaryM(shape, lat, lon),
  };
}
