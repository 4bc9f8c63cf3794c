import { orient2d } from 'robust-predicates';
import type { Coordinates } from './geofence.ts';

/** Where edges meet as they may not. `overlap`: they run along each other. */
export interface Crossing {
  kind: 'crossing' | 'overlap';
  lon: number;
  lat: number;
  /** Positions of the two rings in the list; the same one for a ring that crosses itself. */
  rings: [number, number];
}

/** Edges as columns; edge `e` leads from vertex `e` of its ring to the next. */
interface Edges {
  x: Float64Array;
  y: Float64Array;
  next: Int32Array;
  previous: Int32Array;
  ring: Int32Array;
}

/**
 * A place where closed rings cross or share a piece of an edge, or null. Rings may touch themselves
 * or each other in single points. A plane sweep after Shamos and Hoey, from west to east and in each
 * longitude from south to north, with exact predicates: n log n whatever the shape, where a search by
 * bounding boxes is quadratic for long slanting edges. Rings have three different vertices at least
 * and none twice in a row.
 */
export function findCrossing(rings: readonly (readonly Coordinates[])[]): Crossing | null {
  const edges = edgesOf(rings);
  const order = vertexOrder(edges);
  const status: Status = { edges, at: new Int32Array(order.length), size: 0 };
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && compare(edges, order[from] as number, order[to] as number) === 0) to++;
    const found = passPoint(status, order.subarray(from, to));
    if (found !== null) return found;
    from = to;
  }
  return null;
}

/** The edges that the sweep line cuts, from south to north. */
interface Status {
  edges: Edges;
  at: Int32Array;
  size: number;
}

/** Moves the sweep over one point, where `vertices` lie; what is wrong there or begins to be. */
function passPoint(status: Status, vertices: Int32Array): Crossing | null {
  const { edges } = status;
  const point = vertices[0] as number;
  const low = boundary(status, point, 1);
  const high = boundary(status, point, 0);
  let through = -1;
  for (let slot = low; slot < high; slot++) {
    const edge = status.at[slot] as number;
    if (compare(edges, eastEnd(edges, edge), point) === 0) continue;
    // Two edges whose insides share a point cross there, or run along each other.
    if (through >= 0) return crossingAt(edges, 'crossing', point, through, edge);
    through = edge;
  }
  const starting = through >= 0 ? [through] : [];
  for (const vertex of vertices) {
    for (const edge of [vertex, edges.previous[vertex] as number]) {
      if (compare(edges, eastEnd(edges, edge), point) > 0) starting.push(edge);
    }
  }
  if (starting.length > 1) {
    starting.sort((a, b) => -side(edges, point, eastEnd(edges, a), eastEnd(edges, b)));
    for (let i = 1; i < starting.length; i++) {
      const [a, b] = [starting[i - 1] as number, starting[i] as number];
      if (side(edges, point, eastEnd(edges, a), eastEnd(edges, b)) === 0) {
        return crossingAt(edges, 'overlap', point, a, b);
      }
    }
  }
  const woven = interwoven(edges, point, vertices, through);
  if (woven !== null) return woven;
  replace(status, low, high, starting);
  const after = low + starting.length;
  return meet(status, low - 1, low) ?? (after > low ? meet(status, after - 1, after) : null);
}

/** The first slot whose edge does not lie south of the point (`least` 1), or lies north of it (0). */
function boundary({ edges, at, size }: Status, point: number, least: 0 | 1): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const edge = at[middle] as number;
    const where = side(edges, westEnd(edges, edge), eastEnd(edges, edge), point);
    if (least === 1 ? where > 0 : where >= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function replace(status: Status, low: number, high: number, edges: readonly number[]): void {
  status.at.copyWithin(low + edges.length, high, status.size);
  status.at.set(edges, low);
  status.size += edges.length - (high - low);
}

/** Whether the edges of two neighbouring slots cross further on. */
function meet({ edges, at, size }: Status, lower: number, upper: number): Crossing | null {
  if (lower < 0 || upper >= size) return null;
  const [a, b] = [at[lower] as number, at[upper] as number];
  const [aEnd, bEnd] = [edges.next[a] as number, edges.next[b] as number];
  const bFrom = side(edges, a, aEnd, b);
  const bTo = side(edges, a, aEnd, bEnd);
  if (bFrom === 0 || bTo === 0 || bFrom > 0 === bTo > 0) return null;
  const aFrom = side(edges, b, bEnd, a);
  const aTo = side(edges, b, bEnd, aEnd);
  if (aFrom === 0 || aTo === 0 || aFrom > 0 === aTo > 0) return null;
  const share = bFrom / (bFrom - bTo);
  const lon = (edges.x[b] as number) + share * ((edges.x[bEnd] as number) - (edges.x[b] as number));
  const lat = (edges.y[b] as number) + share * ((edges.y[bEnd] as number) - (edges.y[b] as number));
  return { kind: 'crossing', lon, lat, rings: ringsOf(edges, a, b) };
}

/**
 * Whether ways through one point cross there rather than touch: seen around the point, the two ends of
 * one lie on different sides of the other. Then ends do not pair off like brackets.
 */
function interwoven(edges: Edges, point: number, vertices: Int32Array, through: number): Crossing | null {
  if (vertices.length + (through >= 0 ? 1 : 0) < 2) return null;
  const rays: { to: number; way: number }[] = [];
  for (const vertex of vertices) {
    rays.push({ to: edges.previous[vertex] as number, way: vertex });
    rays.push({ to: edges.next[vertex] as number, way: vertex });
  }
  if (through >= 0) {
    rays.push({ to: through, way: -1 }, { to: edges.next[through] as number, way: -1 });
  }
  rays.sort((a, b) => {
    const aIsEast = compare(edges, a.to, point) > 0;
    if (aIsEast !== compare(edges, b.to, point) > 0) return aIsEast ? -1 : 1;
    return -side(edges, point, a.to, b.to);
  });
  const open: number[] = [];
  for (const { way } of rays) {
    if (open.at(-1) === way) open.pop();
    else open.push(way);
  }
  if (open.length === 0) return null;
  const other = open.find((way) => way !== open[0]) as number;
  const edgeOf = (way: number) => (way < 0 ? through : way);
  return crossingAt(edges, 'crossing', point, edgeOf(open[0] as number), edgeOf(other));
}

function crossingAt(edges: Edges, kind: Crossing['kind'], at: number, a: number, b: number): Crossing {
  return { kind, lon: edges.x[at] as number, lat: edges.y[at] as number, rings: ringsOf(edges, a, b) };
}

function ringsOf({ ring }: Edges, a: number, b: number): [number, number] {
  return [ring[a] as number, ring[b] as number];
}

function edgesOf(rings: readonly (readonly Coordinates[])[]): Edges {
  const count = rings.reduce((sum, ring) => sum + ring.length - 1, 0);
  const edges: Edges = {
    x: new Float64Array(count),
    y: new Float64Array(count),
    next: new Int32Array(count),
    previous: new Int32Array(count),
    ring: new Int32Array(count),
  };
  let first = 0;
  for (const [number, ring] of rings.entries()) {
    const length = ring.length - 1;
    for (let i = 0; i < length; i++) {
      const [lon, lat] = ring[i] as Coordinates;
      edges.x[first + i] = lon;
      edges.y[first + i] = lat;
      edges.next[first + i] = first + ((i + 1) % length);
      edges.previous[first + i] = first + ((i + length - 1) % length);
      edges.ring[first + i] = number;
    }
    first += length;
  }
  return edges;
}

function vertexOrder(edges: Edges): Int32Array {
  return Int32Array.from(edges.x.keys()).sort((a, b) => compare(edges, a, b));
}

/** The order of the sweep: by longitude, then by latitude; zero for the same place. */
function compare({ x, y }: Edges, a: number, b: number): number {
  return (x[a] as number) - (x[b] as number) || (y[a] as number) - (y[b] as number);
}

const westEnd = (edges: Edges, edge: number) => {
  const next = edges.next[edge] as number;
  return compare(edges, edge, next) < 0 ? edge : next;
};
const eastEnd = (edges: Edges, edge: number) => {
  const next = edges.next[edge] as number;
  return compare(edges, edge, next) < 0 ? next : edge;
};

/** Positive when `c` lies to the left of the way from `a` to `b`; exactly zero when on its line. */
function side({ x, y }: Edges, a: number, b: number, c: number): number {
  return -orient2d(
    x[a] as number,
    y[a] as number,
    x[b] as number,
    y[b] as number,
    x[c] as number,
    y[c] as number,
  );
}
