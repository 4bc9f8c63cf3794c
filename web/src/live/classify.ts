/** What a vehicle is doing, as far as its last fix tells. */
export type VehicleState = 'alarm' | 'moving' | 'idling' | 'parked' | 'offline';

/** In the order in which they ask for attention. */
export const VEHICLE_STATES: readonly VehicleState[] = ['alarm', 'moving', 'idling', 'parked', 'offline'];

export interface Observed {
  fixTimeMs: number;
  speedKmh: number | null;
  ignition: boolean | null;
  alarm: string | null;
}

/** Below this a speed is GNSS noise rather than motion. */
export const MOVING_FROM_KMH = 4;
/** A tracker under way reports at least every minute or so. */
export const SILENT_UNDER_WAY_MS = 5 * 60_000;
/** A parked tracker sleeps and reports about hourly. */
export const SILENT_PARKED_MS = 70 * 60_000;

/** An alarm outranks everything, silence included: a cut cable is why a tracker falls silent. */
export function classify(observed: Observed | null, nowMs: number): VehicleState {
  if (!observed) return 'offline';
  if (observed.alarm) return 'alarm';
  const moving = (observed.speedKmh ?? 0) >= MOVING_FROM_KMH;
  const parked = !moving && observed.ignition !== true;
  const silentMs = nowMs - observed.fixTimeMs;
  if (silentMs > (parked ? SILENT_PARKED_MS : SILENT_UNDER_WAY_MS)) return 'offline';
  if (moving) return 'moving';
  return parked ? 'parked' : 'idling';
}
