import { rangeFields } from './client.ts';
import { queryOf, request, requestStream } from './request.ts';
import type { Mileage, Series } from './types.ts';

interface Range {
  fromMs: number;
  toMs: number;
}

export type ExportFormat = 'csv' | 'gpx' | 'geojson' | 'kml';

const vehiclePath = (id: string, what: string, fields: Parameters<typeof queryOf>[0]) =>
  `/vehicles/${encodeURIComponent(id)}/${what}?${queryOf(fields)}`;

/** The simplified track as GeoJSON, one feature a line. */
export const trackStream = (
  token: string,
  id: string,
  { toleranceM, ...range }: Range & { toleranceM: number },
  signal: AbortSignal,
) => requestStream(vehiclePath(id, 'track', { ...rangeFields(range), toleranceM }), { token, signal });

/** All positions of a range as one document. */
export const exportStream = (
  token: string,
  id: string,
  { format, verdict, ...range }: Range & { format: ExportFormat; verdict: 'good' | 'all' },
  signal: AbortSignal,
) =>
  requestStream(vehiclePath(id, 'positions', { ...rangeFields(range), format, verdict }), { token, signal });

export const series = (
  token: string,
  id: string,
  { metrics, points, ...range }: Range & { metrics: readonly string[]; points: number },
  signal: AbortSignal,
) => {
  const fields = { ...rangeFields(range), metric: metrics.join(','), points };
  return request<Series>(vehiclePath(id, 'series', fields), { token, signal });
};

export const mileage = (token: string, id: string, range: Range, signal: AbortSignal) =>
  request<Mileage>(vehiclePath(id, 'mileage', rangeFields(range)), { token, signal });
