type Point = number[];

const POLE = 90;

/**
 * Makes a line that crosses the antimeridian go on beyond ±180 instead of jumping round the world; MapLibre
 * draws such coordinates on both sides. Topologies stitch their shapes together there, so theirs do jump.
 */
export function unwrapLine(line: readonly Point[]): Point[] {
  let turns = 0;
  return line.map((point, index) => {
    const lon = point[0] ?? 0;
    const before = line[index - 1]?.[0] ?? lon;
    if (lon - before > 180) turns--;
    else if (lon - before < -180) turns++;
    return [lon + turns * 360, point[1] ?? 0];
  });
}

/** A ring as well; one that runs round a pole (Antarctica) is closed over it. */
export function unwrapRing(ring: readonly Point[]): Point[] {
  const unwrapped = unwrapLine(ring);
  const first = unwrapped[0];
  const last = unwrapped.at(-1);
  if (!first || !last || Math.abs((last[0] ?? 0) - (first[0] ?? 0)) < 180) return unwrapped;
  const pole = (first[1] ?? 0) < 0 ? -POLE : POLE;
  return [...unwrapped, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}

type Geometry =
  | { type: 'Polygon'; coordinates: Point[][] }
  | { type: 'MultiPolygon'; coordinates: Point[][][] }
  | { type: 'MultiLineString'; coordinates: Point[][] };

/** The same geometry without jumps; kinds that cannot jump are returned as they are. */
export function unwrapGeometry<Shape extends { type: string }>(geometry: Shape): Shape {
  const shape = geometry as unknown as Geometry;
  switch (shape.type) {
    case 'Polygon':
      return { ...geometry, coordinates: unwrapPolygon(shape.coordinates) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: shape.coordinates.map(unwrapPolygon) };
    case 'MultiLineString':
      return { ...geometry, coordinates: shape.coordinates.map(unwrapLine) };
    default:
      return geometry;
  }
}

/** A hole is moved to the side of the world that its outer ring is on. */
function unwrapPolygon(rings: Point[][]): Point[][] {
  const [outer = [], ...holes] = rings.map(unwrapRing);
  const centre = ((outer[0]?.[0] ?? 0) + (outer[outer.length >> 1]?.[0] ?? 0)) / 2;
  return [
    outer,
    ...holes.map((hole) => {
      const turns = Math.round((centre - (hole[0]?.[0] ?? 0)) / 360);
      return turns === 0 ? hole : hole.map(([lon = 0, lat = 0]) => [lon + turns * 360, lat]);
    }),
  ];
}
