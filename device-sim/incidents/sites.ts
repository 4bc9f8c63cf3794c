import { type City, KAMPALA, type Road } from '../city/city.ts';
import { distance, type Point } from '../city/point.ts';
import type { RoadClass } from '../city/road-class.ts';
import { moved, type Place } from '../geo.ts';

/** Where incidents happen in a city, found in its street network, so that every seed has them. */
export interface Sites {
  /** Metres from the middle of the city to its farthest junction. */
  reachM: number;
  /** The last junction in the east, and a road on from there into the country. */
  gate: number;
  country: readonly Place[];
  /** The junction at the bay, and a pier from there over the water, where nobody else drives. */
  shore: number;
  pier: readonly Place[];
  /** A long straight street, by its junctions, with no greater road near its middle. */
  street: readonly number[];
  /** A piece of the bypass, by its junctions. */
  bypass: readonly number[];
  /** A quiet street corner. */
  yard: number;
}

/** The middle of the bay of plan.ts. */
const BAY: Point = { x: 6200, y: -9200 };
const COUNTRY_M = [500, 1_000, 1_600, 2_300];
const PIER_M = [250, 500, 750, 950];
const STREET_M = 700;
const BYPASS_M = 3_000;
/** Around the middle of the quiet street, its own zone and a little more. */
const QUIET_M = 230;
const STRAIGHT_COS = Math.cos((15 * Math.PI) / 180);
/** Candidates that are looked at more closely, the longest first. */
const MAX_CANDIDATES = 300;
const YARD_FROM_MIDDLE_M = 3_000;

export function findSites(city: City): Sites {
  const gate = nearest(city, (point) => -point.x);
  const shore = nearest(city, (point) => distance(point, BAY));
  const at = (node: number): Point => city.points[node] ?? { x: 0, y: 0 };
  return {
    reachM: Math.max(...city.points.map((point) => Math.hypot(point.x, point.y))),
    gate,
    country: onwards(at(gate), at(gate), COUNTRY_M),
    shore,
    pier: onwards(at(shore), { x: BAY.x - at(shore).x, y: BAY.y - at(shore).y }, PIER_M),
    street: quietStreet(city),
    bypass: longest(city, 'bypass', BYPASS_M)[0] ?? [],
    yard: nearest(city, (point, node) =>
      isStreetCorner(city, node) ? Math.abs(Math.hypot(point.x, point.y) - YARD_FROM_MIDDLE_M) : Infinity,
    ),
  };
}

function nearest(city: City, cost: (point: Point, node: number) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [node, point] of city.points.entries()) {
    const here = cost(point, node);
    if (here < least) [best, least] = [node, here];
  }
  return best;
}

/** Places in a direction from a point, so many metres on. */
function onwards(from: Point, direction: Point, metres: readonly number[]): Place[] {
  const length = Math.hypot(direction.x, direction.y);
  return metres.map((m) =>
    moved(KAMPALA, from.x + (direction.x / length) * m, from.y + (direction.y / length) * m),
  );
}

const isStreetCorner = (city: City, node: number): boolean => {
  const leaving = city.roads[node] ?? [];
  return leaving.length >= 3 && leaving.every(({ roadClass }) => roadClass === 'street');
};

/** The middle junction of a chain. */
export const middleOf = (chain: readonly number[]): number => chain[Math.floor(chain.length / 2)] ?? 0;

/** The straightest long street that has no greater road within reach of its middle. */
function quietStreet(city: City): number[] {
  const candidates = longest(city, 'street', STREET_M);
  return candidates.find((chain) => isQuiet(city, middleOf(chain))) ?? candidates[0] ?? [];
}

function isQuiet(city: City, middle: number): boolean {
  const centre = city.points[middle] ?? { x: 0, y: 0 };
  return city.points.every(
    (point, node) =>
      distance(point, centre) > QUIET_M ||
      (city.roads[node] ?? []).every(({ roadClass }) => roadClass === 'street'),
  );
}

/** Chains of junctions that lead straight on along roads of a class, the longest first. */
function longest(city: City, roadClass: RoadClass, mostM: number): number[][] {
  return city.roads
    .flatMap((leaving, from) =>
      leaving
        .filter((road) => road.roadClass === roadClass)
        .map((road) => straightOn(city, from, road, roadClass, mostM)),
    )
    .sort((a, b) => b.lengthM - a.lengthM)
    .slice(0, MAX_CANDIDATES)
    .map(({ chain }) => chain);
}

function straightOn(city: City, from: number, first: Road, roadClass: RoadClass, mostM: number) {
  const chain = [from, first.to];
  let { lengthM } = first;
  while (lengthM < mostM) {
    const [before, here] = [chain.at(-2) ?? from, chain.at(-1) ?? from];
    const next = (city.roads[here] ?? []).find(
      (road) =>
        road.roadClass === roadClass && !chain.includes(road.to) && isStraight(city, before, here, road.to),
    );
    if (!next) break;
    chain.push(next.to);
    lengthM += next.lengthM;
  }
  return { chain, lengthM };
}

function isStraight({ points }: City, before: number, here: number, to: number): boolean {
  const [a, b, c] = [points[before], points[here], points[to]];
  if (!a || !b || !c) return false;
  const dot = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
  return dot >= STRAIGHT_COS * distance(a, b) * distance(b, c);
}
