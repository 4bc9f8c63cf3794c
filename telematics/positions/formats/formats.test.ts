import { expect, test } from 'vitest';
import type { PositionView } from '../position.ts';
import { createCsvWriter } from './csv.ts';
import { createGeoJsonWriter } from './geojson.ts';
import { createGpxWriter } from './gpx.ts';
import { createKmlWriter } from './kml.ts';
import type { PositionWriter } from './position-writer.ts';

const full: PositionView = {
  fixTime: '2026-11-20T10:00:00.000Z',
  receivedAt: '2026-11-20T10:00:01.500Z',
  lat: 0.3476,
  lon: 32.5825,
  speedKmh: 36,
  headingDeg: 90,
  altitudeM: 1190,
  accuracyM: 6,
  satellites: 9,
  ignition: true,
  odometerM: 120345,
  batteryV: 12.6,
  alarm: 'powerCut',
  h3: '896a4a4a4a7ffff',
  verdict: 'good',
  doubts: [],
  remarks: [],
  distanceM: 412.5,
  attributes: { driver: 'Ann "A" O\'Hara, <Kampala>' },
};

const bare: PositionView = {
  ...full,
  lat: -0.0000001,
  lon: 180,
  speedKmh: null,
  headingDeg: null,
  altitudeM: null,
  accuracyM: null,
  satellites: null,
  ignition: null,
  odometerM: null,
  batteryV: null,
  alarm: null,
  distanceM: null,
  attributes: {},
};

const doubtful: PositionView = { ...full, verdict: 'doubtful', doubts: ['few_satellites', 'frozen'] };
const withoutFix: PositionView = { ...doubtful, lat: null, lon: null, h3: null, doubts: ['no_fix'] };
const outOfRange: PositionView = { ...doubtful, lat: 91, lon: 32, h3: null, doubts: ['out_of_range'] };

/** The document of portions, each by the number of its device. */
function textOf(writer: PositionWriter, ...portions: [device: number, positions: PositionView[]][]): string {
  const written = portions.map(([device, positions], at) =>
    writer.write(positions, at > 0 && portions[at - 1]![0] !== device),
  );
  return [writer.begin(), ...written, writer.end()].join('');
}
const positionsAsCsv = (positions: PositionView[], withVerdicts = false) =>
  textOf(createCsvWriter({ withVerdicts }), [1, positions]);
const positionsAsGeoJson = (positions: PositionView[]) => textOf(createGeoJsonWriter(), [1, positions]);
const positionsAsGpx = (name: string, positions: PositionView[]) =>
  textOf(createGpxWriter(name), [1, positions]);
const positionsAsKml = (name: string, positions: PositionView[]) =>
  textOf(createKmlWriter(name), [1, positions]);
const count = (text: string, part: string) => text.split(part).length - 1;

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '') break;
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

test('CSV has a header, one line per position and the values back when read', () => {
  const [header, first, second] = parseCsv(positionsAsCsv([full, bare]));
  const cell = (row: string[], name: string) => row[header!.indexOf(name)];
  expect(header).toHaveLength(16);
  expect(cell(first!, 'fixTime')).toBe('2026-11-20T10:00:00.000Z');
  expect(cell(first!, 'lat')).toBe('0.3476');
  expect(cell(first!, 'ignition')).toBe('true');
  expect(JSON.parse(cell(first!, 'attributes')!)).toEqual(full.attributes);
  expect(second).toHaveLength(16);
  expect(cell(first!, 'distanceM')).toBe('412.5');
  expect(cell(second!, 'speedKmh')).toBe('');
  expect(cell(second!, 'attributes')).toBe('');
});

test('CSV of all positions has the verdict of each and why', () => {
  const [header, good, bad] = parseCsv(positionsAsCsv([full, doubtful], true));
  const cell = (row: string[], name: string) => row[header!.indexOf(name)];
  expect(header!.slice(-3)).toEqual(['verdict', 'doubts', 'remarks']);
  expect([cell(good!, 'verdict'), cell(good!, 'doubts')]).toEqual(['good', '']);
  expect([cell(bad!, 'verdict'), cell(bad!, 'doubts')]).toEqual(['doubtful', 'few_satellites frozen']);
});

test('CSV quotes what holds a comma, a quote or a line break', () => {
  for (const alarm of ['a,b', 'say "hi"', 'two\r\nlines', 'two\nlines']) {
    const [header, row] = parseCsv(positionsAsCsv([{ ...full, alarm }]));
    expect(row![header!.indexOf('alarm')]).toBe(alarm);
  }
});

test('CSV keeps a spreadsheet from running an alarm that begins like a formula', () => {
  const [header, row] = parseCsv(positionsAsCsv([{ ...full, alarm: '=HYPERLINK("http://x")', lat: -5 }]));
  expect(row![header!.indexOf('alarm')]).toBe('\'=HYPERLINK("http://x")');
  expect(row![header!.indexOf('lat')]).toBe('-5');
});

test.each(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])(
  'CSV keeps a spreadsheet from running an alarm that begins with %j',
  (sign) => {
    const [header, row] = parseCsv(positionsAsCsv([{ ...full, alarm: `${sign}=1+1` }]));
    expect(row![header!.indexOf('alarm')]).toBe(`'${sign}=1+1`);
  },
);

test('GeoJSON puts longitude first, altitude third only where it is known, and the rest into properties', () => {
  const { type, features } = JSON.parse(positionsAsGeoJson([full, bare]));
  expect(type).toBe('FeatureCollection');
  expect(features[0].geometry).toEqual({ type: 'Point', coordinates: [32.5825, 0.3476, 1190] });
  expect(features[1].geometry.coordinates).toEqual([180, -0.0000001]);
  expect(features[0].type).toBe('Feature');
  const { lat, lon, ...properties } = full;
  expect(features[0].properties).toEqual(properties);
  expect([lat, lon]).toEqual([0.3476, 32.5825]);
});

test('GeoJSON keeps a position without a place as a feature without a geometry', () => {
  const { features } = JSON.parse(positionsAsGeoJson([withoutFix, outOfRange]));
  expect(features.map((feature: any) => feature.geometry)).toEqual([null, null]);
  expect(features[0].properties).toEqual(withoutFix);
  expect(features[1].properties.lat).toBe(91);
});

test('GeoJSON of several portions is one document', () => {
  const text = textOf(createGeoJsonWriter(), [1, [full]], [1, []], [2, [bare, full]]);
  expect(JSON.parse(text).features).toHaveLength(3);
});

test('GeoJSON of nothing is an empty collection', () => {
  expect(JSON.parse(positionsAsGeoJson([]))).toEqual({ type: 'FeatureCollection', features: [] });
});

test('GPX writes a point with its elements in the order of the schema', () => {
  const gpx = positionsAsGpx('Boda 1', [full]);
  expect(gpx).toContain('<gpx version="1.1" creator="Wayleave" xmlns="http://www.topografix.com/GPX/1/1"');
  expect(gpx).toContain(
    '<trkpt lat="0.3476" lon="32.5825"><ele>1190</ele><time>2026-11-20T10:00:00.000Z</time><sat>9</sat>' +
      '<extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>10</gpxtpx:speed><gpxtpx:course>90</gpxtpx:course>' +
      '</gpxtpx:TrackPointExtension></extensions></trkpt>',
  );
});

test('GPX writes no exponents, no longitude of 180 and nothing for what is absent', () => {
  const gpx = positionsAsGpx('Boda 1', [bare]);
  expect(gpx).toContain('<trkpt lat="-0.0000001" lon="-180"><time>2026-11-20T10:00:00.000Z</time></trkpt>');
});

test('GPX escapes the name and leaves out characters that XML does not know', () => {
  const gpx = positionsAsGpx('<Tom & "Jerry"\u0000\uFFFE>', [full]);
  expect(gpx).toContain('<name>&lt;Tom &amp; &quot;Jerry&quot;&gt;</name>');
});

test('GPX of nothing has a track without a segment', () => {
  const gpx = positionsAsGpx('Boda 1', []);
  expect(gpx).toContain('<trk>\n<name>Boda 1</name>\n</trk>');
  expect(gpx).not.toContain('trkseg');
});

test('GPX begins a segment for each device, however many portions it came in', () => {
  const gpx = textOf(createGpxWriter('Boda 1'), [1, [full]], [1, [full]], [1, []], [2, []], [3, [full]]);
  expect(gpx.match(/<\/?trkseg>|<trkpt/g)).toEqual([
    '<trkseg>',
    '<trkpt',
    '<trkpt',
    '</trkseg>',
    '<trkseg>',
    '<trkpt',
    '</trkseg>',
  ]);
});

test.each([
  ['GPX', positionsAsGpx, '<trkpt'],
  ['KML', positionsAsKml, '<gx:coord>'],
])('%s leaves out what has no place on Earth', (_format, write, point) => {
  expect(count(write('Boda 1', [withoutFix, full, outOfRange]), point)).toBe(1);
  expect(count(write('Boda 1', [withoutFix]), point)).toBe(0);
});

test('numbers beyond what has a decimal point are still decimal numbers', () => {
  expect(positionsAsGpx('Boda 1', [{ ...full, altitudeM: 1e21 }])).toContain(
    '<ele>1000000000000000000000</ele>',
  );
});

test('KML has as many times as places and speeds, and the times first, as the schema wants', () => {
  const kml = positionsAsKml('Boda 1', [full, bare]);
  expect(kml.match(/<(when|gx:coord|gx:value)>[^<]*/g)).toEqual([
    '<when>2026-11-20T10:00:00.000Z',
    '<when>2026-11-20T10:00:00.000Z',
    '<gx:coord>32.5825 0.3476 1190',
    '<gx:coord>180 -0.0000001 0',
    '<gx:value>36',
    '<gx:value>',
  ]);
});

test('KML has a placemark for each device and a track for each portion', () => {
  const kml = textOf(createKmlWriter('Boda 1'), [1, [full]], [1, [full]], [1, []], [2, [full]]);
  expect(kml.match(/<\/?Placemark>|<gx:Track>/g)).toEqual([
    '<Placemark>',
    '<gx:Track>',
    '<gx:Track>',
    '</Placemark>',
    '<Placemark>',
    '<gx:Track>',
    '</Placemark>',
  ]);
});

test('KML escapes the name, and of nothing is a document without a placemark', () => {
  const kml = positionsAsKml('<Tom & "Jerry"\u0000>', []);
  expect(kml).toContain('<name>&lt;Tom &amp; &quot;Jerry&quot;&gt;</name>');
  expect(kml).not.toContain('Placemark');
  expect(kml.trimEnd().endsWith('</Document>\n</kml>')).toBe(true);
});
