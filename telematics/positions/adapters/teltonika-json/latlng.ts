import { shortNumeric } from '../record-fields.ts';

/** Coordinates of a `latlng` text, degrees; null for the zeros that say "no fix"; undefined for anything else. */
export function parseLatLng(text: unknown): { lat: number; lon: number } | null | undefined {
  if (typeof text !== 'string') return undefined;
  const comma = text.indexOf(',');
  const lat = comma < 0 ? null : shortNumeric(text.slice(0, comma));
  const lon = comma < 0 ? null : shortNumeric(text.slice(comma + 1));
  if (lat === null || lon === null) return undefined;
  return lat === 0 && lon === 0 ? null : { lat, lon };
}
