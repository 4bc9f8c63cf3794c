import {
  type Country,
  METRES_PER_DEGREE,
  type Place,
  placeAnywhere,
  placeInTown,
  someTown,
  type Town,
} from './country.ts';
import type { Polygon } from './fences.ts';

/** Latitudes and longitudes by turns. */
export type Points = Float64Array;

export const VEHICLES = 10_000;
const REPORT_EVERY_S = 10;
/** By share: the rest is on the road between two towns. */
const PARKED = 0.55;
const IN_TOWN = 0.35;
const TOWN_KMH = 30;
const ROAD_KMH = 80;
/** Blocks of 140 m; at every fourth report a vehicle has turned. */
const STREETS_A_DEGREE = 800;
const TURNING = 0.25;
/** How far fixes of a vehicle that stands, or drives along a line, are from where it is. */
const NOISE_M = 6;

interface Vehicle {
  lat: number;
  lon: number;
  town: Town;
  stepDegrees: number;
  angle: number;
  /** Where a vehicle between towns is heading for. */
  next: Town | null;
}

/**
 * A fleet that reports every ten seconds, one vehicle after the other, then all of them again: more than
 * half of it parked, mostly at a fence's place, others on their way through a town or between two. Each call
 * goes on from the one before.
 */
export function createFleet(
  country: Country,
  homes: readonly Place[],
  random: () => number,
): (reports: number) => Points {
  const vehicles = Array.from({ length: VEHICLES }, () => createVehicle(country, homes, random));
  const noise = (): number => ((random() + random() - 1) * 2 * NOISE_M) / METRES_PER_DEGREE;
  return (reports) => {
    const points = new Float64Array(reports * 2);
    for (let made = 0; made < reports; made++) {
      const vehicle = vehicles[made % VEHICLES]!;
      drive(vehicle, random);
      points[made * 2] = vehicle.lat + noise();
      points[made * 2 + 1] = vehicle.lon + noise();
    }
    return points;
  };
}

function createVehicle(country: Country, homes: readonly Place[], random: () => number): Vehicle {
  const town = someTown(country, random);
  const share = random();
  const home = homes[Math.floor(random() * homes.length)]!;
  const place = share < PARKED && random() < 0.7 ? home : placeInTown(town, random);
  const kmh = share < PARKED ? 0 : share < PARKED + IN_TOWN ? TOWN_KMH : ROAD_KMH;
  const vehicle: Vehicle = {
    ...place,
    town,
    stepDegrees: ((kmh / 3.6) * REPORT_EVERY_S) / METRES_PER_DEGREE,
    angle: 0,
    next: null,
  };
  if (kmh === ROAD_KMH) {
    const next = town.neighbours[Math.floor(random() * town.neighbours.length)]!;
    const way = random();
    vehicle.lat = town.lat + way * (next.lat - town.lat);
    vehicle.lon = town.lon + way * (next.lon - town.lon);
    vehicle.next = next;
  }
  return vehicle;
}

function drive(vehicle: Vehicle, random: () => number): void {
  const { town, next, stepDegrees } = vehicle;
  if (stepDegrees === 0) return;
  const [toLat, toLon] = next
    ? [next.lat - vehicle.lat, next.lon - vehicle.lon]
    : [town.lat - vehicle.lat, town.lon - vehicle.lon];
  if (next) {
    vehicle.angle = Math.atan2(toLat, toLon);
    if (Math.hypot(toLat, toLon) < stepDegrees) [vehicle.next, vehicle.town] = [town, next];
  } else {
    turnIntoStreet(vehicle, toLat, toLon, random);
  }
  vehicle.lat += stepDegrees * Math.sin(vehicle.angle);
  vehicle.lon += stepDegrees * Math.cos(vehicle.angle);
}

/** Streets lead along parallels and meridians. Who leaves a town turns back to it. */
function turnIntoStreet(vehicle: Vehicle, toLat: number, toLon: number, random: () => number): void {
  const isOut = Math.hypot(toLat, toLon) * METRES_PER_DEGREE > vehicle.town.radiusM;
  if (!isOut && random() > TURNING) return;
  const isAlongMeridian = isOut ? Math.abs(toLat) > Math.abs(toLon) : Math.cos(vehicle.angle) ** 2 > 0.5;
  const sign = isOut ? Math.sign(isAlongMeridian ? toLat : toLon) : Math.sign(random() - 0.5);
  vehicle.angle = isAlongMeridian ? (sign * Math.PI) / 2 : sign > 0 ? 0 : Math.PI;
  const street = (place: number): number => Math.round(place * STREETS_A_DEGREE) / STREETS_A_DEGREE;
  if (isAlongMeridian) vehicle.lon = street(vehicle.lon);
  else vehicle.lat = street(vehicle.lat);
}

/** Points that have nothing to do with where fences or vehicles are. */
export function createDarts(country: Country, count: number, random: () => number): Points {
  const points = new Float64Array(count * 2);
  for (let made = 0; made < count; made++) {
    const { lat, lon } = placeAnywhere(country, random);
    points[made * 2] = lat;
    points[made * 2 + 1] = lon;
  }
  return points;
}

/** Points of boundaries: vertices, middles of edges, and others on edges as well as rounding allows. */
export function createBoundaryPoints(
  count: number,
  fences: readonly Polygon[],
  random: () => number,
): Points {
  const points = new Float64Array(count * 2);
  for (let made = 0; made < count; made++) {
    const ring = fences[Math.floor(random() * fences.length)]!.coordinates[0]!;
    const at = Math.floor(random() * (ring.length - 1));
    const share = [0, 0.5, random()][made % 3]!;
    points[made * 2] = ring[at]![1] + share * (ring[at + 1]![1] - ring[at]![1]);
    points[made * 2 + 1] = ring[at]![0] + share * (ring[at + 1]![0] - ring[at]![0]);
  }
  return points;
}
