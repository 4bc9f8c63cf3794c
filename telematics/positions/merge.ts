import type { Position } from './position.ts';

/**
 * What two messages say of the same instant of the same device, together. Neither order nor
 * repetition changes the outcome: an absent value gives way to a present one, and of two
 * different ones the greater stands. store.ts does the same in SQL to rows already stored.
 */
export function mergePositions(a: Position, b: Position): Position {
  const place = b.lat > a.lat || (b.lat === a.lat && b.lon > a.lon) ? b : a;
  return {
    fixTimeMs: a.fixTimeMs,
    receivedAtMs: Math.min(a.receivedAtMs, b.receivedAtMs),
    lat: place.lat,
    lon: place.lon,
    speedKmh: greatest(a.speedKmh, b.speedKmh),
    headingDeg: greatest(a.headingDeg, b.headingDeg),
    altitudeM: greatest(a.altitudeM, b.altitudeM),
    accuracyM: greatest(a.accuracyM, b.accuracyM),
    satellites: greatest(a.satellites, b.satellites),
    ignition: greatest(a.ignition, b.ignition),
    odometerM: greatest(a.odometerM, b.odometerM),
    batteryV: greatest(a.batteryV, b.batteryV),
    alarm: mergeAlarms(a.alarm, b.alarm),
    attributes: mergeAttributes(a.attributes, b.attributes),
  };
}

function greatest<T extends number | boolean>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return b > a ? b : a;
}

/** Alarms of one instant as a sorted list with commas: none of them may be lost. */
export function mergeAlarms(a: string | null, b: string | null): string | null {
  if (a === null || b === null || a === b) return a ?? b;
  return [...new Set([...a.split(','), ...b.split(',')])].sort(byBytes).join(',');
}

function mergeAttributes(a: Position['attributes'], b: Position['attributes']): Position['attributes'] {
  if (a === null || b === null) return a ?? b;
  const merged = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const present = Object.hasOwn(merged, key);
    if (!present || byBytes(JSON.stringify(value), JSON.stringify(merged[key])) > 0) merged[key] = value;
  }
  return merged;
}

/** The order of PostgreSQL's "C" collation. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
