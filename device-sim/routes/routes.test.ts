import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distanceM, moved } from '../geo.ts';
import { placeOnPath } from '../motion/path.ts';
import { createRandom } from '../random.ts';
import { parseGeoJsonRoute } from './geojson.ts';
import { parseGpxRoute } from './gpx.ts';
import { createRouteItinerary } from './itinerary.ts';
import { readRouteFile, simplified } from './route-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wayleave-route-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, text: string) {
  const file = join(folder, name);
  await writeFile(file, text);
  return readRouteFile(file);
}

test('a GPX track is read in order over its segments, with its elevations', () => {
  const points = parseGpxRoute(`<?xml version="1.0"?>
    <gpx version="1.1"><!-- <trkpt lat="9" lon="9"/> --><wpt lat="5" lon="5"/><trk>
      <trkseg><trkpt lat="0.30" lon="32.50"><ele>1180.5</ele><time>2026-01-01T00:00:00Z</time></trkpt></trkseg>
      <trkseg><trkpt lon='32.51' lat='-0.31'/></trkseg>
    </trk></gpx>`);
  expect(points).toEqual([
    { lat: 0.3, lon: 32.5, altitudeM: 1180.5 },
    { lat: -0.31, lon: 32.51, altitudeM: undefined },
  ]);
});

test('a GPX file without a track gives its route, and without that its waypoints', () => {
  expect(parseGpxRoute('<wpt lat="1" lon="2"/><rte><rtept lat="3" lon="4"/></rte>')).toMatchObject([
    { lat: 3 },
  ]);
  expect(parseGpxRoute('<gpx:wpt lat="1" lon="2"></gpx:wpt>')).toMatchObject([{ lat: 1, lon: 2 }]);
  expect(parseGpxRoute('<wpt lat="91" lon="2"/><wpt lat="x" lon="2"/>')).toEqual([]);
});

test('every line of a GeoJSON document is read, longitude first', () => {
  const line = {
    type: 'LineString',
    coordinates: [
      [32.5, 0.3, 1_180],
      [32.6, 0.4],
    ],
  };
  const expected = [
    { lat: 0.3, lon: 32.5, altitudeM: 1_180 },
    { lat: 0.4, lon: 32.6, altitudeM: undefined },
  ];
  expect(parseGeoJsonRoute(JSON.stringify(line))).toEqual(expected);
  const point = { type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] } };
  const features = [point, { type: 'Feature', properties: {}, geometry: line }];
  expect(parseGeoJsonRoute(JSON.stringify({ type: 'FeatureCollection', features }))).toEqual(expected);
  const lines = { type: 'MultiLineString', coordinates: [line.coordinates, line.coordinates] };
  expect(parseGeoJsonRoute(JSON.stringify(lines))).toEqual([...expected, ...expected]);
});

test('what is no route is refused with the name of the file', async () => {
  await expect(read('empty.gpx', '<gpx/>')).rejects.toThrow(/empty\.gpx holds no track/);
  await expect(read('dot.gpx', '<wpt lat="1" lon="2"/><wpt lat="1" lon="2"/>')).rejects.toThrow(
    /two distinct/,
  );
  await expect(read('point.geojson', '{"type":"Point","coordinates":[1,2]}')).rejects.toThrow(
    /not a GeoJSON line/,
  );
});

test('a wobbling recording loses its wobble and keeps its bends', () => {
  const start = { lat: 0.3, lon: 32.5 };
  const recorded = Array.from({ length: 200 }, (_, i) => moved(start, i * 5, i % 2 ? 2 : -2));
  const bend = moved(start, 1_000, 500);
  const route = simplified([...recorded, bend]);
  expect(route.length).toBeLessThan(8);
  expect(route.at(-1)).toEqual(bend);
});

test('an open route is driven out and back, a closed one round and round', () => {
  const start = { lat: 0.3, lon: 32.5 };
  const random = createRandom('route');
  const out = [start, moved(start, 1_000, 0), moved(start, 1_000, 1_000)];
  const open = createRouteItinerary(out, 50);
  const forth = open.first(() => 0);
  const back = open.after(forth, random);
  expect(distanceM(placeOnPath(back, 0, 0), moved(start, 1_000, 1_000))).toBeLessThan(0.1);
  expect(open.after(back, random)).toBe(forth);
  const closed = createRouteItinerary([...out, moved(start, 5, 5)], 50);
  const round = closed.first(random);
  expect(closed.after(round, random)).toBe(round);
});
