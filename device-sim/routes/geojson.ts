import { z } from 'zod';
import type { RoutePoint } from './route-file.ts';

/** Longitude, latitude, and perhaps metres above the ellipsoid (RFC 7946, 3.1.1). */
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).rest(z.number());
const lineString = z.object({ type: z.literal('LineString'), coordinates: z.array(position) });
const multiLineString = z.object({
  type: z.literal('MultiLineString'),
  coordinates: z.array(z.array(position)),
});
const geometry = z.union([lineString, multiLineString]);
const feature = z.object({ type: z.literal('Feature'), geometry: z.unknown() });
const document = z.union([
  geometry,
  feature,
  z.object({ type: z.literal('FeatureCollection'), features: z.array(feature) }),
]);

/**
 * The points of the lines in a GeoJSON document, in its order; other geometries are passed over.
 * @throws {Error} when it is not JSON or not GeoJSON
 */
export function parseGeoJsonRoute(json: string): RoutePoint[] {
  const parsed = document.safeParse(JSON.parse(json));
  if (!parsed.success) throw new Error(`not a GeoJSON line: ${z.prettifyError(parsed.error)}`);
  return linesOf(parsed.data).flatMap((line) =>
    line.map(([lon, lat, altitudeM]) => ({ lat, lon, altitudeM })),
  );
}

function linesOf(source: z.infer<typeof document>): z.infer<typeof position>[][] {
  if (source.type === 'LineString') return [source.coordinates];
  if (source.type === 'MultiLineString') return source.coordinates;
  const features = source.type === 'Feature' ? [source] : source.features;
  return features.flatMap((each) => {
    const line = geometry.safeParse(each.geometry);
    return line.success ? linesOf(line.data) : [];
  });
}
