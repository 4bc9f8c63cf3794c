/** A square degree. */
export const square = {
  type: 'Polygon',
  coordinates: [
    [
      [32, 0],
      [33, 0],
      [33, 1],
      [32, 1],
      [32, 0],
    ],
  ],
};
export const circle = { type: 'Circle', center: [32.58, 0.34], radiusM: 500 };
/** What a person sets of a geofence, as little as may be. */
export const depot = { name: 'Depot', kind: 'depot', shape: circle };

/** A star-shaped ring of a closed polygon, with all the digits that a coordinate can have. */
export function ringOf(vertices: number): number[][] {
  const ring = Array.from({ length: vertices - 1 }, (_, index) => {
    const angle = (2 * Math.PI * index) / (vertices - 1);
    const radius = 1 + 0.1 * Math.sin(40 * angle);
    return [32.123456789 + radius * Math.cos(angle), 1.123456789 + radius * Math.sin(angle)];
  });
  return [...ring, ring[0]!];
}
