/** Orders ids as the numbers that they are in the database: shorter ones are smaller. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a.length - b.length || (a < b ? -1 : 1);
}

export function byGeofenceId(a: { geofenceId: string }, b: { geofenceId: string }): number {
  return compareIds(a.geofenceId, b.geofenceId);
}

/** In the order of ids; `before` itself if these are its very members. */
export function inOrder<T extends { geofenceId: string }>(before: readonly T[], next: T[]): readonly T[] {
  next.sort(byGeofenceId);
  const isSame = next.length === before.length && next.every((one, at) => one === before[at]);
  return isSame ? before : next;
}
