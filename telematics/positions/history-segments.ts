/** Times are epoch milliseconds; a range holds its start and not its end. */
export interface DeviceSegment {
  deviceId: string;
  fromMs: number;
  toMs: number;
}

/**
 * What is to be read, in order, for a vehicle's history within [fromMs, toMs): the part of each
 * installation that lies in it. A vehicle has one device at any instant, so the segments are
 * disjoint, and a fix time names one position of the vehicle.
 */
export function segmentsOf(
  installations: readonly DeviceSegment[],
  range: { fromMs: number; toMs: number },
): DeviceSegment[] {
  return installations
    .map(({ deviceId, fromMs, toMs }) => ({
      deviceId,
      fromMs: Math.max(fromMs, range.fromMs),
      toMs: Math.min(toMs, range.toMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
    .sort((a, b) => a.fromMs - b.fromMs);
}
