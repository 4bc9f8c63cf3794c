import { moved, type Place } from '../geo.ts';
import { chance, createRandom } from '../random.ts';
import { drawRoads } from './plan.ts';
import { joinCrossings, type RoadGraph } from './planar.ts';
import type { Point } from './point.ts';
import { type RoadClass, rankOf } from './road-class.ts';

/** The middle of Kampala, where the simulated city lies unless told otherwise. */
export const KAMPALA: Place = { lat: 0.3476, lon: 32.5825 };

/** A street network. Junctions are numbers; every road leads both ways. */
export interface City {
  places: Place[];
  /** The same places, metres from the middle. */
  points: Point[];
  /** The roads that leave each junction. */
  roads: Road[][];
  /** Junctions with traffic lights. */
  lights: boolean[];
}

export interface Road {
  to: number;
  lengthM: number;
  roadClass: RoadClass;
}

/** Dead ends shorter than this are scraps of the drawing. */
const MIN_STUB_M = 45;
const LIGHTS_SHARE = 0.6;

/** Lays out a city: the same for the same seed. */
export function layOutCity(seed: string, middle: Place = KAMPALA): City {
  const random = createRandom(`city ${seed}`);
  const graph = joinCrossings(drawRoads(random));
  const roads = roadsOf(graph);
  removeStubs(roads);
  const kept = largestPart(roads);
  const number = new Map(kept.map((old, index) => [old, index]));
  const points = kept.map((old) => graph.points[old] ?? { x: 0, y: 0 });
  const joined = kept.map((old) =>
    (roads[old] ?? []).map(({ to, lengthM, roadClass }) => ({ to: number.get(to) ?? 0, lengthM, roadClass })),
  );
  return {
    points,
    places: points.map(({ x, y }) => moved(middle, x, y)),
    roads: joined,
    lights: joined.map((leaving) => isMainJunction(leaving) && chance(random, LIGHTS_SHARE)),
  };
}

function roadsOf({ points, pieces }: RoadGraph): Road[][] {
  const roads: Road[][] = points.map(() => []);
  for (const { a, b, roadClass } of pieces) {
    const [from, to] = [points[a], points[b]];
    if (!from || !to) continue;
    const lengthM = Math.hypot(to.x - from.x, to.y - from.y);
    roads[a]?.push({ to: b, lengthM, roadClass });
    roads[b]?.push({ to: a, lengthM, roadClass });
  }
  return roads;
}

function removeStubs(roads: Road[][]): void {
  for (const [node, leaving] of roads.entries()) {
    const [only] = leaving;
    if (leaving.length !== 1 || !only || only.lengthM >= MIN_STUB_M) continue;
    roads[node] = [];
    roads[only.to] = (roads[only.to] ?? []).filter((road) => road.to !== node);
  }
}

/** The junctions of the largest part of the network in which each reaches each. */
function largestPart(roads: readonly Road[][]): number[] {
  const seen = new Set<number>();
  let largest: number[] = [];
  for (const start of roads.keys()) {
    if (seen.has(start)) continue;
    seen.add(start);
    const part = [start];
    for (const node of part) {
      for (const { to } of roads[node] ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        part.push(to);
      }
    }
    if (part.length > largest.length) largest = part;
  }
  return largest.toSorted((a, b) => a - b);
}

const isMainJunction = (leaving: readonly Road[]): boolean =>
  leaving.filter(({ roadClass }) => rankOf(roadClass) >= rankOf('collector')).length >= 3;
