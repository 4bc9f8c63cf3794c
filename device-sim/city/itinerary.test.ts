import { expect, test } from 'vitest';
import { distanceM } from '../geo.ts';
import { placeOnPath } from '../motion/path.ts';
import { createRandom } from '../random.ts';
import { layOutCity } from './city.ts';
import { createCityItinerary } from './itinerary.ts';

const city = layOutCity('test');
const itinerary = createCityItinerary(city);

/** Metres from a place to the middle line of the nearest road, measured on the flat. */
function toNearestRoadM(place: { lat: number; lon: number }): number {
  const flat = (p: { lat: number; lon: number }) => ({
    x: (p.lon - place.lon) * 111_195 * Math.cos((place.lat * Math.PI) / 180),
    y: (p.lat - place.lat) * 111_195,
  });
  let nearest = Number.POSITIVE_INFINITY;
  for (const [from, leaving] of city.roads.entries()) {
    for (const { to } of leaving) {
      const [p, q] = [city.places[from], city.places[to]];
      if (to < from || !p || !q) continue;
      const [a, b] = [flat(p), flat(q)];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const share = Math.max(0, Math.min(1, -(a.x * dx + a.y * dy) / (dx * dx + dy * dy)));
      nearest = Math.min(nearest, Math.hypot(a.x + dx * share, a.y + dy * share));
    }
  }
  return nearest;
}

test('paths lie on roads all the way, but for the cut of a corner', () => {
  const random = createRandom('paths');
  const path = itinerary.first(random);
  for (let vertex = 0; vertex < path.atM.length - 1; vertex += 2) {
    const middleM = ((path.atM[vertex] ?? 0) + (path.atM[vertex + 1] ?? 0)) / 2;
    expect(toNearestRoadM(placeOnPath(path, vertex, middleM))).toBeLessThan(8);
  }
});

test('a path is a trip across town, not round the corner', () => {
  const random = createRandom('lengths');
  for (let i = 0; i < 30; i++) {
    const path = itinerary.first(random);
    const apartM = distanceM(placeOnPath(path, 0, 0), placeOnPath(path, path.atM.length - 2, path.lengthM));
    expect(apartM).toBeGreaterThan(1_000);
    expect(path.lengthM).toBeLessThan(apartM * 2.5);
    expect(Math.min(...path.altitudeM)).toBeGreaterThan(1_100);
    expect(Math.max(...path.altitudeM)).toBeLessThan(1_300);
  }
});
