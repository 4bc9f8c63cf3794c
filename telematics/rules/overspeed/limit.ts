import type { GoodFix, Moment } from '../rule.ts';
import type { Limit } from './state.ts';

/** The lowest of the limits that hold at a good fix, km/h; infinite if there is none. */
export function lowestLimitKmh({ fixTimeMs }: GoodFix, { speedLimit, inside }: Moment): number {
  let lowestKmh = speedLimit?.limitKmh ?? Number.POSITIVE_INFINITY;
  for (const fence of inside) {
    const { speedLimitKmh } = fence;
    if (speedLimitKmh !== null && speedLimitKmh < lowestKmh && fence.isActiveAt(fixTimeMs))
      lowestKmh = speedLimitKmh;
  }
  return lowestKmh;
}

/**
 * The lowest of the limits that hold at a good fix and where it comes from; null if there is none. Of
 * equal ones that of the vehicle comes before those of geofences, and of those the first by id.
 */
export function limitAt(fix: GoodFix, moment: Moment): Limit | null {
  const { speedLimit, inside } = moment;
  const limitKmh = lowestLimitKmh(fix, moment);
  if (limitKmh === Number.POSITIVE_INFINITY) return null;
  if (speedLimit?.limitKmh === limitKmh) {
    const { scope, id } = speedLimit.source;
    return { limitKmh, scope, id, name: null, version: null };
  }
  const [fence] = inside
    .filter((one) => one.speedLimitKmh === limitKmh && one.isActiveAt(fix.fixTimeMs))
    .sort((a, b) => (a.geofenceId < b.geofenceId ? -1 : 1));
  const { geofenceId: id, name, version } = fence!;
  return { limitKmh, scope: 'geofence', id, name, version };
}

/** Whether two fixes are under the same limit: another version of a geofence with the same figure is no other. */
export function isSameLimit(a: Limit | null, b: Limit | null): boolean {
  if (a === null || b === null) return a === b;
  return a.limitKmh === b.limitKmh && a.scope === b.scope && a.id === b.id;
}
