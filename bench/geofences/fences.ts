import type { Coordinates, GeofenceShape } from '@wayleave/telematics/geofences/geofence.ts';
import {
  type Country,
  METRES_PER_DEGREE,
  type Place,
  placeAnywhere,
  placeInTown,
  placeOnRoad,
  someTown,
} from './country.ts';

export type Polygon = Extract<GeofenceShape, { type: 'Polygon' }>;

/** Where fences are, by share: the rest lies anywhere. */
const IN_TOWN = 0.85;
const ON_ROAD = 0.1;
const BESIDE_ROAD_M = 500;

/** What fences are drawn around, each kind as often as `upTo` less that of the one before. */
const SIZES = [
  // Homes, yards, stops.
  { upTo: 0.75, leastM: 40, greatestM: 200 },
  // Depots, markets, quarters.
  { upTo: 0.92, leastM: 200, greatestM: 1_000 },
  // Districts.
  { upTo: 0.98, leastM: 1_000, greatestM: 5_000 },
  // Cities and what belongs to them.
  { upTo: 1, leastM: 5_000, greatestM: 25_000 },
];
/** One fence in as many lies within the one before it. */
const NESTED_EVERY = 5;
const NESTED_SHARE = 0.3;

const LEAST_VERTICES = 100;
const GREATEST_VERTICES = 500;
/** How much the distance of a vertex from the centre differs from that of its neighbours. */
const JITTER = 0.05;

/** Vehicles are parked at fences of this size or less. */
export const HOME_UP_TO_M = 1_000;

/** Star-shaped polygons: bays and capes around a centre, most of them small, some within others. */
export function* createFences(
  country: Country,
  count: number,
  random: () => number,
): Generator<{ centre: Place; sizeM: number; shape: Polygon }> {
  let centre: Place = { lat: 0, lon: 0 };
  let sizeM = 0;
  for (let made = 0; made < count; made++) {
    if (made % NESTED_EVERY === NESTED_EVERY - 1) {
      sizeM *= NESTED_SHARE;
    } else {
      centre = somePlace(country, random);
      const share = random();
      const { leastM, greatestM } = SIZES.find(({ upTo }) => share < upTo)!;
      sizeM = leastM * (greatestM / leastM) ** random();
    }
    yield { centre, sizeM, shape: star(centre, sizeM / 2, random) };
  }
}

function somePlace(country: Country, random: () => number): Place {
  const share = random();
  if (share < IN_TOWN) return placeInTown(someTown(country, random), random);
  if (share < IN_TOWN + ON_ROAD) return placeOnRoad(someTown(country, random), random, BESIDE_ROAD_M);
  return placeAnywhere(country, random);
}

function star({ lat, lon }: Place, radiusM: number, random: () => number): Polygon {
  const count = LEAST_VERTICES + Math.floor(random() * (GREATEST_VERTICES - LEAST_VERTICES));
  const waves = [2, 3, 5, 8].map((times) => ({
    times,
    size: random() / times,
    phase: random() * 2 * Math.PI,
  }));
  const ring = Array.from({ length: count }, (_, at): Coordinates => {
    const angle = (2 * Math.PI * at) / count;
    const bays = waves.reduce(
      (sum, { times, size, phase }) => sum + size * Math.sin(times * angle + phase),
      0,
    );
    const reach = (radiusM / METRES_PER_DEGREE) * (0.7 + 0.25 * bays + JITTER * random());
    return [lon + reach * Math.cos(angle), lat + reach * Math.sin(angle)];
  });
  ring.push(ring[0]!);
  return { type: 'Polygon', coordinates: [ring] };
}
