import type { PositionView } from '../position.ts';

/** RFC 7946: a point per position, longitude first, altitude third where it is known. */
export function positionsAsGeoJson(positions: readonly PositionView[]): string {
  const features = positions.map(({ lat, lon, ...properties }) => ({
    type: 'Feature',
    geometry: {
      type: 'Point',
      coordinates: properties.altitudeM === null ? [lon, lat] : [lon, lat, properties.altitudeM],
    },
    properties,
  }));
  return JSON.stringify({ type: 'FeatureCollection', features });
}
