import { type Day, isDay } from '../replay/day.ts';

export interface HashState {
  vehicleId: string | null;
  /** The day of that vehicle that is replayed; null for the live map. */
  day: Day | null;
  /** The event that is looked at, in place of a vehicle. */
  eventId: string | null;
  /** The map's view, so that a reload or a shared link shows the same streets. */
  at: { zoom: number; lat: number; lon: number } | null;
}

/** Reads `#vehicle=…&day=2026-11-20&at=zoom/lat/lon` or `#event=…`; what cannot be read is left out. */
export function parseHash(hash: string): HashState {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const numbers = (fields.get('at') ?? '').split('/').map(Number);
  const [zoom, lat, lon] = numbers;
  const readable =
    numbers.length === 3 &&
    numbers.every(Number.isFinite) &&
    Math.abs(lat ?? 0) <= 90 &&
    Math.abs(lon ?? 0) <= 360;
  const vehicleId = fields.get('vehicle') || null;
  const day = fields.get('day') ?? '';
  return {
    vehicleId,
    day: vehicleId !== null && isDay(day) ? day : null,
    eventId: vehicleId === null ? fields.get('event') || null : null,
    at: readable ? { zoom: zoom ?? 0, lat: lat ?? 0, lon: lon ?? 0 } : null,
  };
}

export function formatHash({ vehicleId, day, eventId, at }: HashState): string {
  const parts: string[] = [];
  if (vehicleId) parts.push(`vehicle=${encodeURIComponent(vehicleId)}`);
  else if (eventId) parts.push(`event=${encodeURIComponent(eventId)}`);
  if (vehicleId && day) parts.push(`day=${day}`);
  if (at) parts.push(`at=${at.zoom.toFixed(2)}/${at.lat.toFixed(5)}/${at.lon.toFixed(5)}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}
