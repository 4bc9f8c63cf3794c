import { distanceM } from '../geo.ts';
import { buildPath, type Path } from '../motion/path.ts';
import type { Itinerary } from '../motion/vehicle.ts';
import { chance } from '../random.ts';
import type { RoutePoint } from './route-file.ts';

/** A route that ends this near to where it began is driven round and round. */
const LOOP_M = 120;
const DEFAULT_ALTITUDE_M = 0;

/** Drives a given route: round and round when it is a loop, else out and back. */
export function createRouteItinerary(route: readonly RoutePoint[], limitKmh: number): Itinerary {
  const forth = pathAlong(route, limitKmh);
  const [first, last] = [route[0], route.at(-1)];
  const loop = first !== undefined && last !== undefined && distanceM(first, last) <= LOOP_M;
  const back = loop ? forth : pathAlong(route.toReversed(), limitKmh);
  return {
    // The user's line is where the vehicle was: no lane beside it.
    laneM: 0,
    first: (random) => (chance(random, 0.5) ? forth : back),
    after: (done) => (done === forth ? back : forth),
  };
}

function pathAlong(route: readonly RoutePoint[], limitKmh: number): Path {
  return buildPath(
    route.map(({ lat, lon, altitudeM }) => ({
      lat,
      lon,
      altitudeM: altitudeM ?? DEFAULT_ALTITUDE_M,
      limitKmh,
      junction: 'none' as const,
    })),
  );
}
