import { expect, test } from 'vitest';
import { distanceM } from '../geo.ts';
import { createRandom, index } from '../random.ts';
import { type City, layOutCity } from './city.ts';
import { CITY_RADIUS_M } from './plan.ts';
import { SPEED_LIMIT_KMH } from './road-class.ts';
import { findRoute } from './route.ts';

const city = layOutCity('test');

/** Seconds of a route at the speed limits, with the router's two seconds a junction. */
const routeS = (route: readonly number[]): number =>
  route.slice(1).reduce((total, node, i) => {
    const road = city.roads[route[i] ?? -1]?.find(({ to }) => to === node);
    return total + (road ? (road.lengthM * 3.6) / SPEED_LIMIT_KMH[road.roadClass] + 2 : Number.NaN);
  }, 0);

/** Bellman and Ford: slow, and nothing in it to go wrong. */
function leastS({ roads }: City, from: number): number[] {
  const least = roads.map((_, node) => (node === from ? 0 : Number.POSITIVE_INFINITY));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [node, leaving] of roads.entries()) {
      for (const { to, lengthM, roadClass } of leaving) {
        const there = (least[node] ?? 0) + (lengthM * 3.6) / SPEED_LIMIT_KMH[roadClass] + 2;
        if (there >= (least[to] ?? 0) - 1e-9) continue;
        least[to] = there;
        changed = true;
      }
    }
  }
  return least;
}

test('the same seed lays out the same city and another seed another', () => {
  expect(JSON.stringify(layOutCity('test')) === JSON.stringify(city)).toBe(true);
  expect(layOutCity('other').places).not.toEqual(city.places);
});

test('every seed gives a city of thousands of junctions with roads of every class', () => {
  for (const seed of ['1', 'wayleave']) {
    const { places, roads } = layOutCity(seed);
    expect(places.length).toBeGreaterThan(4_000);
    for (const roadClass of Object.keys(SPEED_LIMIT_KMH)) {
      expect(roads.flat().filter((road) => road.roadClass === roadClass).length).toBeGreaterThan(50);
    }
  }
});

test('every junction lies in or near Kampala and none in the bay', () => {
  const farthestM = Math.max(...city.places.map((place) => distanceM(place, { lat: 0.3476, lon: 32.5825 })));
  expect(farthestM).toBeLessThan(CITY_RADIUS_M + 400);
  const bay = { lat: 0.2876, lon: 32.6325 };
  expect(Math.min(...city.places.map((place) => distanceM(place, bay)))).toBeGreaterThan(500);
});

test('a road leads both ways and is as long as its ends are apart', () => {
  const wrong = city.roads.flatMap((leaving, from) =>
    leaving.filter(({ to, lengthM }) => {
      const [a, b] = [city.places[from], city.places[to]];
      const back = city.roads[to]?.some((road) => road.to === from && road.lengthM === lengthM);
      return !back || !a || !b || Math.abs(distanceM(a, b) - lengthM) > 0.5;
    }),
  );
  expect(wrong).toHaveLength(0);
});

test('a route runs along roads from its start to its goal and none is faster', () => {
  const random = createRandom('routes');
  for (let i = 0; i < 2; i++) {
    const from = index(random, city.places.length);
    const least = leastS(city, from);
    // Reaching all also shows that the city is in one part.
    expect(Math.max(...least)).toBeLessThan(3_600);
    for (let k = 0; k < 20; k++) {
      const to = index(random, city.places.length);
      const route = findRoute(city, from, to);
      expect([route[0], route.at(-1)]).toEqual([from, to]);
      expect(routeS(route)).toBeCloseTo(least[to] ?? 0, 6);
    }
  }
});

test('lights stand only where main roads meet', () => {
  const lit = city.lights.flatMap((lights, node) => (lights ? [node] : []));
  expect(lit.length).toBeGreaterThan(40);
  for (const node of lit) {
    expect(city.roads[node]?.filter(({ roadClass }) => roadClass !== 'street').length).toBeGreaterThanOrEqual(
      3,
    );
  }
});
