import type { GeofenceFields, GeofenceKind, GeofenceShape } from '../../geofences/geofence.ts';
import type { FenceIndex } from '../../geofences/index/fence-index.ts';
import { createSchedule } from '../../geofences/schedule.ts';
import type { AppliedFence } from '../fences.ts';
import { type Span, spanOf } from './spans.ts';

/** A version of a geofence as a rule book keeps it. */
export interface FenceVersion extends AppliedFence, Span {
  /** Its key in the index. */
  key: number;
  /** Whom it holds for; the whole fleet if both are null. */
  groupId: string | null;
  vehicleId: string | null;
}

interface VersionFields {
  key: number;
  geofenceId: string;
  version: number;
  name: string;
  kind: GeofenceKind;
  shape: GeofenceShape;
  groupId: string | null;
  vehicleId: string | null;
  schedule: GeofenceFields['schedule'];
  speedLimitKmh: number | null;
  dwellS: number | null;
  validFrom: Date;
  validTo: Date | null;
}

const always = (): boolean => true;

/** A version before its shape went into the index, which is then all that keeps it. */
export interface ShapedVersion {
  version: Omit<FenceVersion, 'distanceToBoundaryM'>;
  shape: GeofenceShape;
}

export function fenceVersion({
  schedule,
  validFrom,
  validTo,
  shape,
  ...fields
}: VersionFields): ShapedVersion {
  const isActiveAt = schedule ? createSchedule(schedule).isActiveAt : always;
  return { version: { ...fields, ...spanOf(validFrom, validTo), isActiveAt }, shape };
}

export function indexedVersion(version: ShapedVersion['version'], index: FenceIndex): FenceVersion {
  const { key } = version;
  return { ...version, distanceToBoundaryM: (lat, lon) => index.distanceToBoundaryM(key, lat, lon) };
}
