import type { CityItinerary } from '../city/itinerary.ts';
import { findRoute } from '../city/route.ts';
import type { Place } from '../geo.ts';
import type { Path } from '../motion/path.ts';
import type { Conduct } from '../motion/trip.ts';
import { index, type Random } from '../random.ts';
import { middleOf, type Sites } from './sites.ts';

/** A drive of an incident. */
export interface Leg {
  path: Path;
  conduct: Conduct;
}

/** What a vehicle does: at which junction it begins, and the drives that follow one another from there. */
export interface Scene {
  start: number;
  /** How the vehicle gets there. */
  arrival: Conduct;
  legs: readonly Leg[];
}

export interface Stage {
  roads: CityItinerary;
  sites: Sites;
}

type CreateScene = (stage: Stage, random: Random) => Scene;

const BYPASS_HASTE = 1.5;
const SCHOOL_HASTE = 1.8;
const IDLE_S = 420;
const SHORT_STOP: Conduct = { parkedS: 20 };
const TRIES = 40;
/** As the crow flies: far enough to be missed, near enough to be watched. */
const NEARBY_M = [900, 2_500] as const;

/** On the bypass, as fast as it goes. */
const race: CreateScene = ({ roads, sites }) => ({
  start: sites.bypass[0] ?? 0,
  arrival: SHORT_STOP,
  legs: [{ path: roads.along(sites.bypass), conduct: { haste: BYPASS_HASTE } }],
});

/** Past the school, at nearly twice what is allowed there. */
const schoolRun: CreateScene = ({ roads, sites }) => ({
  start: sites.street[0] ?? 0,
  arrival: SHORT_STOP,
  legs: [{ path: roads.along(sites.street), conduct: { haste: SCHOOL_HASTE } }],
});

/** Out of town on the road into the country, and back after a while. */
const leave: CreateScene = ({ roads, sites: { gate, country } }, random) => ({
  start: gate,
  arrival: SHORT_STOP,
  legs: [
    { path: roads.along([gate], { after: country }), conduct: { haste: 1.1, idleS: 40, parkedS: 45 } },
    homewards(roads, gate, country.toReversed(), random),
  ],
});

/** On to the pier, and back after a while. */
const trespass: CreateScene = ({ roads, sites: { shore, pier } }, random) => ({
  start: shore,
  arrival: SHORT_STOP,
  legs: [
    { path: roads.along([shore], { after: pier }), conduct: { haste: 0.6, idleS: 30, parkedS: 60 } },
    homewards(roads, shore, pier.toReversed(), random),
  ],
});

/** Arrives, is parked, and is taken away on a hook. */
const tow: CreateScene = ({ roads }, random) => {
  const start = index(random, roads.city.places.length);
  const to = someWayOff(roads, start, random);
  const path = roads.along(findRoute(roads.city, start, to));
  return {
    start,
    arrival: { idleS: 3, parkedS: 15 },
    legs: [{ path, conduct: { isTowed: true, idleS: 1, parkedS: 600 } }],
  };
};

/** Arrives, and leaves the engine running. */
const idle: CreateScene = ({ roads }, random) => ({
  start: index(random, roads.city.places.length),
  arrival: { idleS: IDLE_S },
  legs: [],
});

/** What vehicles do, by name. */
export const scenes = { race, schoolRun, leave, trespass, tow, idle } as const satisfies Record<
  string,
  CreateScene
>;
export type SceneName = keyof typeof scenes;

/**
 * The way to where a scene begins; null for a vehicle that is there already. One that is only to be
 * found is found on a road that leads there.
 */
export function approach({ roads }: Stage, from: number | undefined, { start, arrival }: Scene): Leg | null {
  const origin = from ?? roads.city.roads[start]?.[0]?.to ?? start;
  if (origin === start) return null;
  return { path: roads.along(findRoute(roads.city, origin, start)), conduct: arrival };
}

function homewards(roads: CityItinerary, from: number, before: readonly Place[], random: Random): Leg {
  const to = someWayOff(roads, from, random);
  return { path: roads.along(findRoute(roads.city, from, to), { before }), conduct: {} };
}

function someWayOff({ city }: CityItinerary, from: number, random: Random): number {
  const origin = city.points[from] ?? { x: 0, y: 0 };
  let to = middleOf(city.roads[from]?.map((road) => road.to) ?? []);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const candidate = index(random, city.points.length);
    const point = city.points[candidate] ?? origin;
    const apartM = Math.hypot(point.x - origin.x, point.y - origin.y);
    if (apartM < NEARBY_M[0] || apartM > NEARBY_M[1]) continue;
    to = candidate;
    break;
  }
  return to;
}
