import { expect, test } from 'vitest';
import type { ReadOptions } from './format.ts';
import { readGeoJson } from './geojson.ts';
import { kml, readKml } from './kml.ts';
import { readWkt } from './wkt.ts';

const OPTIONS: ReadOptions = { kind: 'depot' };
const RING = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 0],
];
const polygon = { type: 'Polygon', coordinates: [RING] };
const feature = (properties: object, geometry: object) => ({ type: 'Feature', properties, geometry });
const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });

/** The example of KML's reference (developers.google.com/kml/documentation/kmlreference, Polygon), shortened. */
const PENTAGON = `<?xml version="1.0" encoding="UTF-8"?>
<kml:kml xmlns:kml="http://www.opengis.net/kml/2.2"><kml:Document><kml:Folder>
  <kml:Placemark><kml:name>The &amp; Pentagon</kml:name>
    <kml:ExtendedData><kml:SchemaData schemaUrl="#x"><kml:SimpleData name="kind">forbidden</kml:SimpleData></kml:SchemaData></kml:ExtendedData>
    <kml:Polygon><kml:extrude>1</kml:extrude>
      <kml:outerBoundaryIs><kml:LinearRing><kml:coordinates>
        -77.05788457660967,38.87253259892824,100 -77.05465973756702,38.87291016281703,100
        -77.05315536854791,38.87053267794386,100 -77.05788457660967,38.87253259892824,100
      </kml:coordinates></kml:LinearRing></kml:outerBoundaryIs>
      <kml:innerBoundaryIs><kml:LinearRing><kml:coordinates>
        -77.056,38.8722,100 -77.055,38.8722,100 -77.055,38.8720,100 -77.056,38.8722,100
      </kml:coordinates></kml:LinearRing></kml:innerBoundaryIs>
    </kml:Polygon>
  </kml:Placemark>
</kml:Folder></kml:Document></kml:kml>`;

test('GeoJSON is read as a collection, a feature or a bare geometry', () => {
  for (const root of [
    collection(feature({}, polygon)),
    JSON.stringify(feature({}, polygon)),
    JSON.stringify(polygon),
  ]) {
    expect(readGeoJson(root, OPTIONS)).toEqual({
      features: [
        {
          index: 0,
          name: 'Geofence 1',
          kind: 'depot',
          shape: polygon,
          speedLimitKmh: null,
          dwellS: null,
          schedule: null,
        },
      ],
      refused: [],
    });
  }
});

test('points and lines take their own radius and width before those of the import', () => {
  const text = collection(
    feature({ radius: '50' }, { type: 'Point', coordinates: [1, 2, 900] }),
    feature({}, { type: 'Point', coordinates: [1, 2] }),
    feature(
      { widthM: 20 },
      {
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
    ),
    feature(
      {},
      {
        type: 'LineString',
        coordinates: [
          [1, 2],
          [3, 4],
        ],
      },
    ),
  );
  const read = readGeoJson(text, { ...OPTIONS, pointRadiusM: 7, corridorWidthM: 8 });
  expect(
    read.features.map(({ shape }) =>
      'radiusM' in shape ? shape.radiusM : 'widthM' in shape && shape.widthM,
    ),
  ).toEqual([50, 7, 20, 8]);
  expect(readGeoJson(text, OPTIONS).refused.map(({ index, code }) => [index, code])).toEqual([
    [1, 'radius_missing'],
    [3, 'width_missing'],
  ]);
});

test('each feature that fails is told, and the others are read', () => {
  const text = collection(
    feature(
      { name: 'Bow tie' },
      {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 1],
            [1, 0],
            [0, 1],
          ],
        ],
      },
    ),
    feature({ speedLimitKmh: 'fast' }, polygon),
    feature({ schedule: { start: 'never' } }, polygon),
    feature({}, { type: 'Polygon', coordinates: [[0, 0]] }),
    feature({}, { type: 'Surface' }),
    { type: 'Feature', geometry: null },
    feature({ name: ' Good\u0007one ' }, polygon),
    7,
  );
  const { features, refused } = readGeoJson(text, OPTIONS);
  expect(features.map(({ index, name }) => [index, name])).toEqual([[6, 'Good one']]);
  expect(refused.map(({ index, code }) => [index, code])).toEqual([
    [0, 'shape_self_crossing'],
    [1, 'property_invalid'],
    [2, 'schedule_invalid'],
    [3, 'geometry_invalid'],
    [4, 'geometry_unsupported'],
    [5, 'geometry_missing'],
    [7, 'geometry_missing'],
  ]);
  expect(refused[0]).toMatchObject({ name: 'Bow tie', detail: expect.stringContaining('[0.5, 0.5]') });
});

test('a collection of polygons is one area, and of anything else a geofence each', () => {
  const far = { type: 'Polygon', coordinates: [RING.map(([lon, lat]) => [(lon as number) + 10, lat])] };
  const of = (...geometries: object[]) =>
    readGeoJson(JSON.stringify(feature({ name: 'A' }, { type: 'GeometryCollection', geometries })), {
      ...OPTIONS,
      pointRadiusM: 5,
    });
  expect(of(polygon, far).features).toMatchObject([
    { name: 'A', shape: { type: 'MultiPolygon', coordinates: { length: 2 } } },
  ]);
  expect(of(polygon, { type: 'Point', coordinates: [1, 1] }).features).toMatchObject([
    { index: 0, name: 'A 1', shape: { type: 'Polygon' } },
    { index: 0, name: 'A 2', shape: { type: 'Circle' } },
  ]);
});

test('coordinates of another reference system are refused', () => {
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } };
  expect(() => readGeoJson(JSON.stringify({ ...polygon, crs }), OPTIONS)).toThrow(
    expect.objectContaining({ code: 'crs_unsupported' }),
  );
  const wgs84 = { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } };
  expect(readGeoJson(JSON.stringify({ ...polygon, crs: wgs84 }), OPTIONS).features).toHaveLength(1);
});

test('KML is read from folders, with prefixes, altitudes, holes and extended data', () => {
  expect(readKml(PENTAGON, OPTIONS)).toMatchObject({
    features: [
      {
        name: 'The & Pentagon',
        kind: 'forbidden',
        shape: { type: 'Polygon', coordinates: [{ length: 4 }, { length: 4 }] },
      },
    ],
    refused: [],
  });
});

test('a circle of a KML file whose polygon was moved is that polygon', () => {
  const circle = {
    name: 'C',
    kind: 'home' as const,
    shape: { type: 'Circle' as const, center: [179.99, 5] as [number, number], radiusM: 5_000 },
  };
  const text = kml.head + kml.write(circle) + kml.tail;
  expect(readKml(text, OPTIONS).features).toMatchObject([{ shape: circle.shape }]);
  const moved = text.replace(/,5\.0\d+/, ',5.2');
  expect(moved).not.toBe(text);
  expect(readKml(moved, OPTIONS).features).toMatchObject([{ shape: { type: 'MultiPolygon' } }]);
});

test('WKT is read over lines, with SRID, Z and M, names and refusals', () => {
  const text = [
    '# a comment',
    'SRID=4326;POLYGON ((0 0, 2 0,',
    '  2 2, 0 0))\tYard\tkind=forbidden\tspeedLimitKmh=20',
    'polygon z ((0 0 5, 2 0 5, 2 2 5, 0 0 5))',
    'LINESTRINGZM(0 0 1 2, 1 1 1 2)\tRoad\twidthM=12.5',
    'CIRCLE (1 2, 30)',
    'SRID=3857;POINT (1 2)\tElsewhere',
    'POLYGON ((0 0, 1',
    'POINT EMPTY',
    'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))\tBoth\tradiusM=5\twidthM=6',
  ].join('\r\n');
  const { features, refused } = readWkt(text, OPTIONS);
  expect(features).toMatchObject([
    { index: 0, name: 'Yard', kind: 'forbidden', speedLimitKmh: 20, shape: polygon },
    { index: 1, name: 'Geofence 2', kind: 'depot', shape: polygon },
    { index: 2, name: 'Road', shape: { type: 'Corridor', widthM: 12.5 } },
    { index: 3, shape: { type: 'Circle', center: [1, 2], radiusM: 30 } },
    { index: 7, name: 'Both 1', shape: { type: 'Circle', radiusM: 5 } },
    { index: 7, name: 'Both 2', shape: { type: 'Corridor', widthM: 6 } },
  ]);
  expect(refused.map(({ index, name, code }) => [index, name, code])).toEqual([
    [4, 'Elsewhere', 'crs_unsupported'],
    [5, 'Geofence 6', 'geometry_invalid'],
    [6, 'Geofence 7', 'geometry_missing'],
  ]);
});

test('latitude comes first when the reader is told so, as Traccar writes it', () => {
  expect(readWkt('CIRCLE (48.1 11.5, 30)', { ...OPTIONS, isLatLon: true }).features).toMatchObject([
    { shape: { center: [11.5, 48.1] } },
  ]);
});

test.each<[string, () => unknown]>([
  ['JSON', () => readGeoJson('nonsense', OPTIONS)],
  ['an object', () => readGeoJson('[]', OPTIONS)],
  ['XML', () => readKml('nonsense', OPTIONS)],
  ['KML', () => readKml('<gpx/>', OPTIONS)],
])('what is not %s is refused as a whole', (_what, read) => {
  expect(read).toThrow(expect.objectContaining({ code: 'import_unreadable', status: 422 }));
});
