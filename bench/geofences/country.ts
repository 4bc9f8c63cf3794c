/** From 0 to 1, the same in every run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same country, fences and fleet in every run. */
export const SEED = 20_261_120;
export const METRES_PER_DEGREE = 111_195;

/** On the equator, about 550 km by 550 km with 150 towns: somewhat larger than Uganda. */
const WEST = 30;
const SOUTH = -2;
const SIDE_DEGREES = 5;
const TOWNS = 150;
/** The radius within which most of a town lies: of the first one, and of the least. */
const LARGEST_TOWN_M = 12_000;
const LEAST_TOWN_M = 1_000;
const ROADS_A_TOWN = 2;

export interface Town {
  lat: number;
  lon: number;
  radiusM: number;
  /** Roads lead straight to these. */
  neighbours: Town[];
  /** The share of all people who live here or in a town before it. */
  upTo: number;
}

export interface Country {
  side: number;
  towns: Town[];
}

/** Towns by rank: that of rank n has the n-th part of the first one's people, on as much of its area. */
export function createCountry(times = 1): Country {
  const random = createRandom(SEED);
  const side = SIDE_DEGREES * Math.sqrt(times);
  const towns = Array.from({ length: TOWNS * times }, (_, at): Town => {
    const rank = Math.floor(at / times) + 1;
    return {
      lat: SOUTH + random() * side,
      lon: WEST + random() * side,
      radiusM: Math.max(LEAST_TOWN_M, LARGEST_TOWN_M / Math.sqrt(rank)),
      neighbours: [],
      upTo: 1 / rank,
    };
  });
  const all = towns.reduce((sum, { upTo }) => sum + upTo, 0);
  let before = 0;
  for (const town of towns) {
    before += town.upTo / all;
    town.upTo = before;
    const squared = ({ lat, lon }: Town): number => (lat - town.lat) ** 2 + (lon - town.lon) ** 2;
    town.neighbours = towns.toSorted((a, b) => squared(a) - squared(b)).slice(1, 1 + ROADS_A_TOWN);
  }
  return { side, towns };
}

/** A town by how many people live there. */
export function someTown({ towns }: Country, random: () => number): Town {
  const share = random();
  return towns.find(({ upTo }) => share < upTo) ?? towns.at(-1)!;
}

export interface Place {
  lat: number;
  lon: number;
}

/** Denser towards the middle, as towns are. */
export function placeInTown({ lat, lon, radiusM }: Town, random: () => number): Place {
  const angle = random() * 2 * Math.PI;
  const reach = (radiusM / METRES_PER_DEGREE) * random();
  return { lat: lat + reach * Math.sin(angle), lon: lon + reach * Math.cos(angle) };
}

/** Beside a road out of a town, as far from it as `besideM`. */
export function placeOnRoad(town: Town, random: () => number, besideM: number): Place {
  const next = town.neighbours[Math.floor(random() * town.neighbours.length)]!;
  const share = random();
  const beside = ((random() - 0.5) * 2 * besideM) / METRES_PER_DEGREE;
  return {
    lat: town.lat + share * (next.lat - town.lat) + beside,
    lon: town.lon + share * (next.lon - town.lon) - beside,
  };
}

export function placeAnywhere({ side }: Country, random: () => number): Place {
  return { lat: SOUTH + random() * side, lon: WEST + random() * side };
}
