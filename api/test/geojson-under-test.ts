/** A ring of one square degree. */
export const squareRing = (lon: number) => [
  [lon, 0],
  [lon + 1, 0],
  [lon + 1, 1],
  [lon, 1],
  [lon, 0],
];

/** A Feature of GeoJSON. */
export const feature = (name: string, geometry: object, properties: object = {}) => ({
  type: 'Feature',
  properties: { name, ...properties },
  geometry,
});

/** A file of GeoJSON. */
export const collection = (features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });

export const polygon = (lon: number) => ({ type: 'Polygon', coordinates: [squareRing(lon)] });
