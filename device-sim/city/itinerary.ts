import { METRES_PER_DEGREE, type Place } from '../geo.ts';
import { buildPath, type Junction, type Path, type Waypoint } from '../motion/path.ts';
import type { Itinerary } from '../motion/vehicle.ts';
import { index, type Random } from '../random.ts';
import type { City } from './city.ts';
import { distance, type Point } from './point.ts';
import { rankOf, SPEED_LIMIT_KMH } from './road-class.ts';
import { findRoute } from './route.ts';

/** Trips are this long as the crow flies, metres. */
const TRIP_M = [1200, 7000] as const;
const TRIES = 30;
/** Vehicles drive on the left in Uganda. */
const LANE_M = 2.2;

/** Off the streets of the city, on a country road or a pier. */
const OFF_STREET_KMH = 70;

/** Places off the streets, in the order in which they are passed. */
export interface OffStreet {
  before?: readonly Place[];
  after?: readonly Place[];
}

/** Drives in a city, for whoever wants to say where to. */
export interface CityItinerary extends Itinerary {
  city: City;
  /** The junction at or near which a path ends: the next trip leaves from there. */
  endOf(path: Path): number | undefined;
  /** Along junctions that roads connect; at least one, and with the places at least two points. */
  along(junctions: readonly number[], off?: OffStreet): Path;
}

/** Drives between random destinations in the city by the fastest way. */
export function createCityItinerary(city: City): CityItinerary {
  const ends = new WeakMap<Path, number>();
  const along = (junctions: readonly number[], { before = [], after = [] }: OffStreet = {}): Path => {
    const onStreets = waypointsOf(city, junctions);
    const off =
      (from: Waypoint | undefined) =>
      (place: Place): Waypoint => ({
        ...place,
        altitudeM: from?.altitudeM ?? 0,
        limitKmh: OFF_STREET_KMH,
        junction: 'none',
      });
    const path = buildPath([
      ...before.map(off(onStreets[0])),
      ...onStreets,
      ...after.map(off(onStreets.at(-1))),
    ]);
    ends.set(path, junctions.at(-1) ?? 0);
    return path;
  };
  const pathFrom = (from: number, random: Random): Path =>
    along(findRoute(city, from, chooseDestination(city, from, random)));
  return {
    city,
    laneM: LANE_M,
    along,
    endOf: (path) => ends.get(path),
    first: (random) => pathFrom(index(random, city.places.length), random),
    after: (done, random) => pathFrom(ends.get(done) ?? index(random, city.places.length), random),
  };
}

function chooseDestination(city: City, from: number, random: Random): number {
  const start = city.points[from] ?? { x: 0, y: 0 };
  let farthest = from;
  let farthestM = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const to = index(random, city.points.length);
    const apartM = distance(start, city.points[to] ?? start);
    if (apartM >= TRIP_M[0] && apartM <= TRIP_M[1]) return to;
    if (apartM > farthestM) [farthest, farthestM] = [to, apartM];
  }
  return farthest;
}

function waypointsOf(city: City, route: readonly number[]): Waypoint[] {
  return route.map((node, i): Waypoint => {
    const place = city.places[node] ?? { lat: 0, lon: 0 };
    const next = route[i + 1] ?? route[i - 1];
    const roadClass = city.roads[node]?.find(({ to }) => to === next)?.roadClass ?? 'street';
    return {
      ...place,
      altitudeM: hillM(city.points[node] ?? { x: 0, y: 0 }),
      limitKmh: SPEED_LIMIT_KMH[roadClass],
      junction: junctionAt(city, route, i),
    };
  });
}

/** Lights where there are any; where a lesser road meets a greater one, giving way. */
function junctionAt(city: City, route: readonly number[], i: number): Junction {
  const node = route[i] ?? 0;
  if (i === 0 || i === route.length - 1) return 'none';
  if (city.lights[node]) return 'lights';
  const roads = city.roads[node] ?? [];
  const came = roads.find(({ to }) => to === route[i - 1]);
  const greatest = Math.max(...roads.map(({ roadClass }) => rankOf(roadClass)));
  return came && rankOf(came.roadClass) < greatest ? 'giveWay' : 'none';
}

/** The hills of the city between the lake (1,135 m) and its summits, made of a few waves. */
function hillM({ x, y }: Point): number {
  const waves = Math.sin(x / 900) * Math.cos(y / 1100) + 0.6 * Math.sin((x + y) / 1700);
  return 1185 + 30 * waves + (y / METRES_PER_DEGREE) * 120;
}
