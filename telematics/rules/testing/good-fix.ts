import type { GoodFix } from '../rule.ts';

/** A good fix that says where the vehicle was and, if told, more. */
export function goodFix(
  fixTimeMs: number,
  lat: number,
  lon: number,
  more: Partial<Omit<GoodFix, 'fixTimeMs' | 'lat' | 'lon'>> = {},
): GoodFix {
  return {
    fixTimeMs,
    lat,
    lon,
    speedKmh: null,
    headingDeg: null,
    accuracyM: null,
    distanceM: null,
    ignition: null,
    odometerM: null,
    batteryV: null,
    alarm: null,
    remarks: 0,
    attributes: null,
    ...more,
  };
}
