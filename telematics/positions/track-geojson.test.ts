import { expect, test } from 'vitest';
import { createTrackWriter, type TrackVertex } from './track-geojson.ts';

const vertex = (minute: number, lon: number, lat = 0.3): TrackVertex => ({
  fixTimeMs: Date.parse('2026-11-20T10:00:00Z') + minute * 60_000,
  lat,
  lon,
  speedKmh: minute,
});
/** Of lines, each in the pieces in which it is written. */
function trackOf(...lines: [deviceId: string, ...pieces: TrackVertex[][]][]) {
  const writer = createTrackWriter();
  const text = [writer.begin()];
  for (const [deviceId, ...pieces] of lines) {
    text.push(...pieces.map((piece) => writer.write(deviceId, piece)), writer.endLine());
  }
  text.push(writer.end());
  return { text, features: JSON.parse(text.join('')).features };
}
const lons = (feature: any) => feature.geometry.coordinates.map(([lon]: number[]) => lon);

test('a line goes on in the next feature where the one before ended, with its time and speed', () => {
  const { features } = trackOf(['1', [vertex(0, 32), vertex(1, 33)], [], [vertex(2, 34)]]);
  expect(features.map(lons)).toEqual([
    [32, 33],
    [33, 34],
  ]);
  expect(features[1].properties).toEqual({
    deviceId: '1',
    coordTimes: ['2026-11-20T10:01:00.000Z', '2026-11-20T10:02:00.000Z'],
    speedsKmh: [1, 2],
  });
});

test.each(['1', '2'])('no line leads to the next installation, here of device %s', (next) => {
  const { features } = trackOf(['1', [vertex(0, 32), vertex(1, 33)]], [next, [vertex(2, 34), vertex(3, 35)]]);
  expect(features.map((feature: any) => feature.properties.deviceId)).toEqual(['1', next]);
  expect(features.map(lons)).toEqual([
    [32, 33],
    [34, 35],
  ]);
});

test('the only fix of a device is a point', () => {
  const { features } = trackOf(['1', [vertex(0, 32)]], ['2', [vertex(1, 33)]]);
  expect(features.map((feature: any) => feature.geometry)).toEqual([
    { type: 'Point', coordinates: [32, 0.3] },
    { type: 'Point', coordinates: [33, 0.3] },
  ]);
});

test('a first fix that comes alone is no point when others follow', () => {
  const { features } = trackOf(['1', [vertex(0, 32)], [vertex(1, 33)]]);
  expect(features.map(lons)).toEqual([[32, 33]]);
});

test('a line over the antimeridian is cut there, either way', () => {
  const { features } = trackOf(['1', [vertex(0, 179, -17), vertex(2, -179, -16), vertex(4, 179, -17)]]);
  expect(features.map(lons)).toEqual([
    [179, 180],
    [-180, -179, -180],
    [180, 179],
  ]);
  expect(features[0].geometry.coordinates[1]).toEqual([180, -16.5]);
  expect(features[0].properties.coordTimes[1]).toBe('2026-11-20T10:01:00.000Z');
  expect(features[0].properties.speedsKmh).toEqual([0, null]);
});

test('a fix on the antimeridian itself breaks nothing', () => {
  const { features } = trackOf(['1', [vertex(0, 180), vertex(1, -180), vertex(2, -179)]]);
  expect(features.map(lons)).toEqual([
    [180, 180],
    [-180, -180, -179],
  ]);
});

test('each line of the text is a feature, after at most one comma', () => {
  const { text } = trackOf(['1', [vertex(0, 32), vertex(1, 33)]], ['2', [vertex(2, 34), vertex(3, 35)]]);
  const lines = text.join('').split('\n').slice(1, -2);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(JSON.parse(line.replace(/^,/, '')).type).toBe('Feature');
});

test('a track of nothing is an empty collection', () => {
  expect(trackOf().features).toEqual([]);
});
