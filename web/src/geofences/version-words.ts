import type { Geofence } from '../api/geofence-types.ts';

const NAMES: readonly [key: keyof Geofence, name: string][] = [
  ['name', 'name'],
  ['kind', 'kind'],
  ['shape', 'shape'],
  ['groupId', 'whom it holds for'],
  ['vehicleId', 'whom it holds for'],
  ['schedule', 'schedule'],
  ['speedLimitKmh', 'speed limit'],
  ['dwellS', 'longest stay'],
];

/** What a version changed of the one before: `Changed shape and speed limit`; of the first, that it was made. */
export function versionWords(version: Geofence, before: Geofence | null): string {
  if (!before) return version.version === 1 ? 'Made' : '';
  const changed = NAMES.filter(([key]) => JSON.stringify(version[key]) !== JSON.stringify(before[key]));
  const names = [...new Set(changed.map(([, name]) => name))];
  if (names.length === 0) return 'Saved again';
  return `Changed ${new Intl.ListFormat('en').format(names)}`;
}
