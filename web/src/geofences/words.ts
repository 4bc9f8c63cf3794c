import type { Geofence, GeofenceKind } from '../api/geofence-types.ts';

export const FENCE_KINDS: readonly GeofenceKind[] = [
  'territory',
  'forbidden',
  'border',
  'low_speed',
  'depot',
  'home',
  'other',
];

export const FENCE_KIND_NAMES: Record<GeofenceKind, string> = {
  depot: 'Depot',
  home: 'Customer’s home',
  territory: 'Allowed territory',
  forbidden: 'Forbidden zone',
  border: 'Border',
  low_speed: 'Low-speed zone',
  other: 'Other',
};

/** What each kind is for, below the choice of it. */
export const FENCE_KIND_NOTES: Record<GeofenceKind, string> = {
  depot: 'Coming and going are told.',
  home: 'Where the customer keeps the vehicle.',
  territory: 'Where vehicles may be; leaving all territories that hold for it is the event.',
  forbidden: 'Being inside is the event.',
  border: 'Crossing it, either way, is the event.',
  low_speed: 'Its speed limit counts inside.',
  other: 'Coming and going are told.',
};

/** What a person has no other word for. */
export const SHAPE_NAMES = {
  Circle: 'Circle',
  Polygon: 'Area',
  MultiPolygon: 'Areas',
  Corridor: 'Corridor',
} as const;

interface Named {
  id: string;
  name: string;
}

/** `Whole fleet`, `Group Airport`, `Boda 12`. */
export function forWhom(
  { groupId, vehicleId }: Pick<Geofence, 'groupId' | 'vehicleId'>,
  groups: readonly Named[],
  vehicles: readonly { id: string; label: string }[],
): string {
  if (groupId !== null) return `Group ${groups.find(({ id }) => id === groupId)?.name ?? groupId}`;
  if (vehicleId !== null) {
    return vehicles.find(({ id }) => id === vehicleId)?.label ?? `Vehicle ${vehicleId}`;
  }
  return 'Whole fleet';
}
