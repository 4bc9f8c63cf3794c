import fc from 'fast-check';
import type { Coordinates, GeofenceShape } from '../../geofence.ts';

const METRES_PER_DEGREE = 111_195;
const within = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
/** From 0 to 1, with any digits. */
const share = fc
  .double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true })
  .map((value) => Math.fround(value));

/** Where a test takes place: the places where grids and planes have their worst, and any others. */
export const arbitraryPlace: fc.Arbitrary<Coordinates> = fc
  .oneof(
    fc.tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -89, max: 89, noNaN: true })),
    fc.constantFrom<Coordinates>(
      [180, -17],
      [-180, 66],
      [179.95, 0],
      [12, 89.9],
      [0, -89.5],
      [0, 0],
      [32.58, 0.35],
    ),
    // A corner of the icosahedron (a pentagon of H3), the middle of a face, and the middle of one of its edges.
    fc.constantFrom<Coordinates>([-5.245390296, 64.70000013], [71.508, 46.043], [58.1577, 10.4473]),
  )
  .map(([lon, lat]) => [Math.fround(lon), Math.fround(lat)]);

const around = ([lon, lat]: Coordinates, angle: number, reachM: number): Coordinates => {
  const degrees = reachM / METRES_PER_DEGREE;
  const lonScale = Math.max(0.02, Math.cos((lat * Math.PI) / 180));
  return [
    within(lon + (degrees * Math.cos(angle)) / lonScale, 180),
    within(lat + degrees * Math.sin(angle), 90),
  ];
};

function star(centre: Coordinates, reachM: number, reaches: readonly number[], least: number): Coordinates[] {
  const ring = reaches.map((reach, at) =>
    around(centre, (2 * Math.PI * at) / reaches.length, reachM * (least + (1 - least) * reach)),
  );
  return [...ring, ring[0]!];
}

const reaches = fc.array(share, { minLength: 3, maxLength: 60 });
/** From a yard to a continent. */
const sizeM = fc.integer({ min: 5, max: 62 }).map((tenth) => 10 ** (tenth / 10));

function polygonAt(centre: Coordinates): fc.Arbitrary<Coordinates[][]> {
  return fc
    .tuple(sizeM, reaches, fc.option(reaches))
    .map(([size, outer, hole]) => [
      star(centre, size, outer, 0.4),
      ...(hole ? [star(centre, size * 0.4, hole, 0.2).reverse()] : []),
    ]);
}

export function shapeNear(place: Coordinates): fc.Arbitrary<GeofenceShape> {
  const centre = fc
    .tuple(share, sizeM)
    .map(([turn, reachM]) => around(place, turn * 2 * Math.PI, Math.min(reachM, 30_000)));
  const polygon = centre.chain((at) =>
    polygonAt(at).map((coordinates): GeofenceShape => ({ type: 'Polygon', coordinates })),
  );
  const multiPolygon = fc
    .array(centre.chain(polygonAt), { minLength: 1, maxLength: 3 })
    .map((coordinates): GeofenceShape => ({ type: 'MultiPolygon', coordinates }));
  const circle = fc
    .tuple(centre, sizeM)
    .map(([center, radiusM]): GeofenceShape => ({ type: 'Circle', center, radiusM }));
  const corridor = fc
    .tuple(fc.array(centre, { minLength: 2, maxLength: 8 }), sizeM)
    .map(([line, size]): GeofenceShape => ({ type: 'Corridor', line, widthM: Math.min(size, 100_000) }));
  return fc.oneof(polygon, polygon, multiPolygon, circle, corridor);
}

/** Points of a shape's boundary as well as rounding allows, and others at any distance from the place. */
export function pointsOf(shapes: readonly GeofenceShape[], place: Coordinates): fc.Arbitrary<Coordinates> {
  const rings = shapes.flatMap((shape): readonly Coordinates[][] => {
    if (shape.type === 'Polygon') return shape.coordinates;
    if (shape.type === 'MultiPolygon') return shape.coordinates.flat();
    if (shape.type === 'Corridor') return [shape.line];
    return [Array.from({ length: 9 }, (_, at) => around(shape.center, (at * Math.PI) / 4, shape.radiusM))];
  });
  const onEdge = fc
    .tuple(fc.nat(10_000), fc.nat(10_000), fc.oneof(fc.constantFrom(0, 0.5), share))
    .map(([ringAt, edgeAt, along]): Coordinates => {
      const ring = rings[ringAt % rings.length]!;
      const at = edgeAt % (ring.length - 1);
      const [a, b] = [ring[at]!, ring[at + 1]!];
      return [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])];
    });
  const nearby = fc
    .tuple(share, sizeM)
    .map(([turn, reachM]): Coordinates => around(place, turn * 2 * Math.PI, reachM));
  return fc.oneof(
    onEdge,
    onEdge,
    nearby,
    nearby.map(([, lat]): Coordinates => [180, lat]),
  );
}
