import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GeofenceShapeInput } from '../antimeridian.ts';
import { type Coordinates, type GeofenceSchedule, geofenceKind } from '../geofence.ts';
import { codeOf, starRing } from '../testing/shapes.ts';
import { checkShape } from '../validity.ts';
import {
  type ExportedGeofence,
  type ImportReading,
  MAX_IMPORT_BYTES,
  MAX_IMPORT_FEATURES,
  MAX_IMPORT_SCHEDULES,
  type ReadOptions,
} from './format.ts';
import { geofenceFormatName, geofenceFormats, writeGeofences } from './formats.ts';

const OPTIONS: ReadOptions = { kind: 'other' };
const formats = Object.entries(geofenceFormats);

const schedule: GeofenceSchedule = {
  start: '2026-01-01T22:00:00',
  durationS: 25_200,
  rrule: 'FREQ=WEEKLY;BYDAY=MO,TU',
  exdates: ['2026-01-05T22:00:00'],
  timeZone: 'Africa/Kampala',
};

const coordinate = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -80, max: 80, noNaN: true }),
);
const starAt = fc
  .tuple(
    fc.integer({ min: -185, max: 185 }),
    fc.integer({ min: -70, max: 70 }),
    fc.integer({ min: 3, max: 12 }),
  )
  .map(([lon, lat, corners]) => starRing(lon, lat, corners));
const shrunk = (ring: Coordinates[]): Coordinates[] => {
  const [lon, lat] = [0, 1].map(
    (i) => ring.slice(1).reduce((sum, at) => sum + (at[i] as number), 0) / (ring.length - 1),
  );
  return ring.map((at) => [
    (lon as number) + (at[0] - (lon as number)) / 7,
    (lat as number) + (at[1] - (lat as number)) / 7,
  ]);
};
const drawnShape: fc.Arbitrary<GeofenceShapeInput> = fc.oneof(
  fc.record({
    type: fc.constant('Circle' as const),
    center: coordinate,
    radiusM: fc.double({ min: 1, max: 100_000, noNaN: true }),
  }),
  fc.record({
    type: fc.constant('Corridor' as const),
    line: fc.uniqueArray(coordinate, { minLength: 2, maxLength: 6, selector: ([lon]) => lon }),
    widthM: fc.double({ min: 1, max: 100_000, noNaN: true }),
  }),
  starAt.map((ring): GeofenceShapeInput => ({ type: 'Polygon', coordinates: [ring, shrunk(ring)] })),
  starAt.map((ring): GeofenceShapeInput => ({ type: 'MultiPolygon', coordinates: [[ring, shrunk(ring)]] })),
  starAt.map(
    (ring): GeofenceShapeInput => ({
      type: 'MultiPolygon',
      coordinates: [[ring], [ring.map(([lon, lat]) => [lon, lat + 3])]],
    }),
  ),
);

const geofence: fc.Arbitrary<ExportedGeofence> = fc.record({
  name: fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('<', '&', '"', "'", ']]>', '=', ';', ',', '(', '\\', '#'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 20,
    })
    .map((name) => name.trim())
    .filter((name) => /^[^\p{Cc}\uFFFE\uFFFF]{1,100}$/u.test(name) && name.length <= 100),
  kind: fc.constantFrom(...geofenceKind.options),
  shape: drawnShape.map(checkShape),
  speedLimitKmh: fc.option(fc.double({ min: 0.1, max: 400, noNaN: true })),
  dwellS: fc.option(fc.integer({ min: 1, max: 86_400 })),
  schedule: fc.constantFrom(null, schedule),
});

test.each(formats)('%s that was written reads the same, to the last digit', (_name, format) => {
  fc.assert(
    fc.property(fc.array(geofence, { maxLength: 5 }), (geofences) => {
      const text = format.head + geofences.map(format.write).join(format.separator) + format.tail;
      const { features, refused } = format.read(text, OPTIONS);
      expect(refused).toEqual([]);
      expect(features).toEqual(geofences.map((one, index) => ({ index, ...one })));
    }),
    { numRuns: 300, seed: 4 },
  );
});

test('a file of geofences comes in pieces and reads as one, an empty one too', async () => {
  const geofences = fc.sample(geofence, { numRuns: 3, seed: 4 });
  for (const name of geofenceFormatName.options) {
    const format = geofenceFormats[name];
    for (const some of [geofences, []]) {
      let text = '';
      for await (const piece of writeGeofences(format, some)) text += piece;
      expect(format.read(text, OPTIONS).features.map((feature) => feature.shape)).toEqual(
        some.map(({ shape }) => shape),
      );
    }
  }
});

/** Not by the clock, which tells what else the machine is at. */
function processorMsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1_000;
}

const placemark = (inner: string) => `<kml><Placemark>${inner}</Placemark></kml>`;
const coordinatesOf = (count: number) => '1.5,2.5 '.repeat(count);
const repeated = (text: string) => text.repeat(Math.floor((MAX_IMPORT_BYTES - 200) / text.length));
const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
  '',
);

// Five mebibytes each of what is dear to read somewhere.
test.each<[string, keyof typeof geofenceFormats, () => string]>([
  ['lists in lists', 'geojson', () => repeated('[')],
  ['objects in objects', 'geojson', () => repeated('{"type":')],
  [
    'geometries of nothing',
    'geojson',
    () => `{"type":"FeatureCollection","features":[${repeated('{},')}{}]}`,
  ],
  ['distinct keys', 'geojson', () => `{${Array.from({ length: 400_000 }, (_, i) => `"${i}":0`).join(',')}}`],
  ['numbers without end', 'geojson', () => `{"type":"Point","coordinates":[${repeated('9')},1]}`],
  ['one ring of all', 'geojson', () => `{"type":"Polygon","coordinates":[[${repeated('[1,2],')}[1,2]]]}`],
  ['empty rings', 'geojson', () => `{"type":"Polygon","coordinates":[${repeated('[],')}[]]}`],
  ['empty polygons', 'geojson', () => `{"type":"MultiPolygon","coordinates":[${repeated('[],')}[]]}`],
  ['many lines', 'geojson', () => `{"type":"MultiLineString","coordinates":[${repeated('[],')}[]]}`],
  ['a type that is no text', 'geojson', () => '{"type":{"toString":1},"coordinates":[]}'],
  ['garbage', 'geojson', () => repeated('\u0000ÿ"}]')],
  ['elements in elements', 'kml', () => repeated('<a>')],
  ['many elements', 'kml', () => `<kml>${repeated('<a/>')}</kml>`],
  ['a billion laughs', 'kml', () => `<!DOCTYPE kml [<!ENTITY l0 "ha">${entities}]><kml>&l9;</kml>`],
  [
    'a file of somebody else',
    'kml',
    () => '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/hostname">]><kml>&x;</kml>',
  ],
  ['a document type without end', 'kml', () => `<!DOCTYPE ${repeated('[')}`],
  ['attributes without end', 'kml', () => `<kml ${repeated('a="" ')}>`],
  [
    'distinct attributes',
    'kml',
    () => `<kml ${Array.from({ length: 300_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
  ],
  ['an attribute without end', 'kml', () => `<kml a="${repeated('x')}">`],
  ['a comment without end', 'kml', () => `<kml><!-- ${repeated('- ')}`],
  ['many references', 'kml', () => `<kml>${repeated('&amp;')}</kml>`],
  ['many sections', 'kml', () => `<kml>${repeated('<![CDATA[x]]>')}</kml>`],
  [
    'many data',
    'kml',
    () =>
      placemark(`<ExtendedData>${'<Data name="x"><value>1</value></Data>'.repeat(90_000)}</ExtendedData>`),
  ],
  [
    'one ring of all',
    'kml',
    () => placemark(`<LinearRing><coordinates>${coordinatesOf(580_000)}</coordinates></LinearRing>`),
  ],
  ['white space', 'kml', () => placemark(`<Point><coordinates>1,2${repeated(' ')}x</coordinates></Point>`)],
  ['digits', 'kml', () => placemark(`<Point><coordinates>${repeated('9')},x</coordinates></Point>`)],
  ['garbage', 'kml', () => repeated('<&\u0000>]]>')],
  ['brackets', 'wkt', () => repeated('(')],
  ['collections in collections', 'wkt', () => repeated('GEOMETRYCOLLECTION(')],
  ['rings that never end', 'wkt', () => repeated('POLYGON((\n')],
  ['one ring of all', 'wkt', () => `POLYGON((${repeated('1 2,')}1 2))`],
  ['rings of nothing', 'wkt', () => `POLYGON(${repeated('(1 2),')}(1 2))`],
  ['white space', 'wkt', () => `POINT${repeated(' ')}x`],
  ['blank lines', 'wkt', () => repeated('\n \t')],
  ['comments', 'wkt', () => repeated('#\n')],
  ['tabs', 'wkt', () => `POINT (1 2)${repeated('\t')}`],
  ['digits', 'wkt', () => `POINT (${repeated('9')} x)`],
  ['letters', 'wkt', () => repeated('zm')],
  ['letters and white space', 'wkt', () => repeated('Z M ')],
  ['SRIDs', 'wkt', () => repeated('SRID=4326;')],
  ['garbage', 'wkt', () => repeated('\u0000ÿ)\n')],
])('%s as %s is refused in time, with a code', (_what, name, build) => {
  const text = build();
  const started = process.cpuUsage();
  let reading: ImportReading = { features: [], refused: [] };
  const code = codeOf(() => {
    reading = geofenceFormats[name].read(text, OPTIONS);
  });
  expect(code ?? 'import_read').toMatch(/^import_/);
  expect(reading.features).toEqual([]);
  for (const refused of reading.refused) {
    expect(refused.code).toMatch(/^(?:geometry|shape|radius|width|property|crs)_/);
  }
  expect(processorMsSince(started)).toBeLessThan(2_000);
});

test('a file of the largest shapes takes less than two seconds', () => {
  const ring = starRing(30, 0, 9_900).map(([lon, lat]) => `${lon.toFixed(5)} ${lat.toFixed(5)}`);
  const line = `POLYGON ((${ring.join(',')}))\n`;
  const text = line.repeat(25);
  const started = process.cpuUsage();
  expect(geofenceFormats.wkt.read(text, OPTIONS).features).toHaveLength(25);
  expect(processorMsSince(started)).toBeLessThan(2_000);
});

test.each(formats)('a %s file that is too large is refused', (_name, format) => {
  const tooLarge = expect.objectContaining({ code: 'import_too_large', status: 413 });
  expect(() => format.read(' '.repeat(MAX_IMPORT_BYTES + 1), OPTIONS)).toThrow(tooLarge);
  expect(() => format.read('ÿ'.repeat(MAX_IMPORT_BYTES / 2 + 1), OPTIONS)).toThrow(tooLarge);
});

test('more features, points or schedules than one file may have are refused', () => {
  const { wkt } = geofenceFormats;
  const many = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  expect(
    wkt.read(
      many(MAX_IMPORT_FEATURES, () => 'CIRCLE (1 2, 5)'),
      OPTIONS,
    ).features,
  ).toHaveLength(MAX_IMPORT_FEATURES);
  expect(() =>
    wkt.read(
      many(MAX_IMPORT_FEATURES + 1, () => 'CIRCLE (1 2, 5)'),
      OPTIONS,
    ),
  ).toThrow(expect.objectContaining({ code: 'import_too_many_features' }));
  expect(() =>
    wkt.read(
      many(200, () => `LINESTRING (${'1 2,'.repeat(1_300)}1 2)\tx\twidthM=5`),
      OPTIONS,
    ),
  ).toThrow(expect.objectContaining({ code: 'import_too_many_vertices' }));
  const lines = many(
    MAX_IMPORT_SCHEDULES + 1,
    (i) => `CIRCLE (1 2, 5)\tx\tschedule=${JSON.stringify({ ...schedule, durationS: 600 + i })}`,
  );
  const { features, refused } = wkt.read(lines, OPTIONS);
  expect(features).toHaveLength(MAX_IMPORT_SCHEDULES);
  expect(refused).toMatchObject([{ index: MAX_IMPORT_SCHEDULES, code: 'import_too_many_schedules' }]);
});
