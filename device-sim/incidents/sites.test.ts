import { expect, test } from 'vitest';
import { type City, KAMPALA, layOutCity } from '../city/city.ts';
import { distanceM } from '../geo.ts';
import { findSites, middleOf } from './sites.ts';

const cities = ['wayleave', 'test', '1'].map((seed) => {
  const city = layOutCity(seed);
  return { city, sites: findSites(city) };
});

const roadsAlong = ({ roads }: City, chain: readonly number[]) =>
  chain.slice(1).map((to, at) => roads[chain[at] ?? -1]?.find((road) => road.to === to));

test('the road into the country leads well out of the city', () => {
  for (const { city, sites } of cities) {
    const farthestM = Math.max(...city.places.map((place) => distanceM(place, KAMPALA)));
    expect(sites.reachM).toBeGreaterThan(farthestM - 50);
    const outM = sites.country.map((place) => distanceM(place, KAMPALA));
    expect(outM).toEqual(outM.toSorted((a, b) => a - b));
    expect(outM.at(-1)).toBeGreaterThan(farthestM + 2_000);
  }
});

test('the pier leads over water where no road is, and stays near the city', () => {
  for (const { city, sites } of cities) {
    for (const place of sites.pier) {
      expect(Math.min(...city.places.map((junction) => distanceM(place, junction)))).toBeGreaterThan(150);
      expect(distanceM(place, KAMPALA)).toBeLessThan(sites.reachM + 300);
    }
  }
});

test('the quiet street is straight, long enough to speed in, and far from greater roads in its middle', () => {
  for (const { city, sites } of cities) {
    const roads = roadsAlong(city, sites.street);
    expect(roads.every((road) => road?.roadClass === 'street')).toBe(true);
    expect(roads.reduce((totalM, road) => totalM + (road?.lengthM ?? 0), 0)).toBeGreaterThan(600);
    const middle = city.places[middleOf(sites.street)]!;
    const greater = city.places.filter(
      (place, node) =>
        distanceM(place, middle) < 200 && city.roads[node]?.some(({ roadClass }) => roadClass !== 'street'),
    );
    expect(greater).toEqual([]);
  }
});

test('the race is run on some kilometres of the bypass', () => {
  for (const { city, sites } of cities) {
    const roads = roadsAlong(city, sites.bypass);
    expect(roads.every((road) => road?.roadClass === 'bypass')).toBe(true);
    expect(roads.reduce((totalM, road) => totalM + (road?.lengthM ?? 0), 0)).toBeGreaterThan(1_500);
  }
});
