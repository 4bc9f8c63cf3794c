import { expect, test } from 'vitest';
import type { PositionView } from '../position.ts';
import { positionsAsCsv } from './csv.ts';
import { positionsAsGeoJson } from './geojson.ts';
import { positionsAsGpx } from './gpx.ts';

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
  attributes: {},
};

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
  expect(header).toHaveLength(15);
  expect(cell(first!, 'fixTime')).toBe('2026-11-20T10:00:00.000Z');
  expect(cell(first!, 'lat')).toBe('0.3476');
  expect(cell(first!, 'ignition')).toBe('true');
  expect(JSON.parse(cell(first!, 'attributes')!)).toEqual(full.attributes);
  expect(second).toHaveLength(15);
  expect(cell(second!, 'speedKmh')).toBe('');
  expect(cell(second!, 'attributes')).toBe('');
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
