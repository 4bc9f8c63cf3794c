import type { City, Road } from './city.ts';
import { distance } from './point.ts';
import { SPEED_LIMIT_KMH } from './road-class.ts';

const FASTEST_MPS = Math.max(...Object.values(SPEED_LIMIT_KMH)) / 3.6;
/** What a junction costs on average, so that routes prefer main roads to zigzags. */
const JUNCTION_S = 2;

/** Seconds to drive a road at its limit. */
const travelS = ({ lengthM, roadClass }: Road): number =>
  (lengthM * 3.6) / SPEED_LIMIT_KMH[roadClass] + JUNCTION_S;

/**
 * The fastest way between two junctions (A*), both included. In a city every junction reaches
 * every other; an empty list would mean that it is not one.
 */
export function findRoute(city: City, from: number, to: number): number[] {
  const goal = city.points[to] ?? { x: 0, y: 0 };
  const leastS = (node: number) => distance(city.points[node] ?? goal, goal) / FASTEST_MPS;
  const soFarS = new Float64Array(city.points.length).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(city.points.length).fill(-1);
  const open = createQueue();
  soFarS[from] = 0;
  open.push(from, leastS(from));
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === to) return walkBack(cameFrom, to);
    const here = soFarS[node] ?? 0;
    for (const road of city.roads[node] ?? []) {
      const there = here + travelS(road);
      if (there >= (soFarS[road.to] ?? 0)) continue;
      soFarS[road.to] = there;
      cameFrom[road.to] = node;
      open.push(road.to, there + leastS(road.to));
    }
  }
  return [];
}

function walkBack(cameFrom: Int32Array, to: number): number[] {
  const route = [];
  for (let node = to; node >= 0; node = cameFrom[node] ?? -1) route.push(node);
  return route.toReversed();
}

/** A binary heap, smallest cost first. A node pushed again with a better cost comes out twice. */
function createQueue(): { push(node: number, cost: number): void; pop(): number | undefined } {
  const heap: { node: number; cost: number }[] = [];
  const costAt = (i: number) => heap[i]?.cost ?? Number.POSITIVE_INFINITY;
  const swap = (i: number, j: number) => {
    const [a, b] = [heap[i], heap[j]];
    if (a && b) [heap[i], heap[j]] = [b, a];
  };
  return {
    push(node, cost) {
      let i = heap.push({ node, cost }) - 1;
      for (let parent = (i - 1) >> 1; i > 0 && costAt(i) < costAt(parent); parent = (i - 1) >> 1) {
        swap(i, parent);
        i = parent;
      }
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (!last || heap.length === 0) return top?.node;
      heap[0] = last;
      for (let i = 0; ; ) {
        const left = 2 * i + 1;
        const least = costAt(left) <= costAt(left + 1) ? left : left + 1;
        if (costAt(least) >= costAt(i)) return top?.node;
        swap(i, least);
        i = least;
      }
    },
  };
}
