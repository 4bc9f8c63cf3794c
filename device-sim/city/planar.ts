import type { Line, Point } from './point.ts';
import { type RoadClass, rankOf } from './road-class.ts';

/** Where lines cross there is a junction: points joined by straight pieces of road. */
export interface RoadGraph {
  points: Point[];
  pieces: { a: number; b: number; roadClass: RoadClass }[];
}

interface Segment {
  a: Point;
  b: Point;
  roadClass: RoadClass;
  /** How far along it (0 to 1) others cross it. */
  cuts: number[];
}

const CELL_M = 160;
/** Points nearer than this are one junction; it also removes slivers and overshoots. */
const SNAP_M = 14;

/** Cuts the lines at their crossings and joins what meets. */
export function joinCrossings(lines: readonly Line[]): RoadGraph {
  const segments = lines.flatMap(({ points, roadClass }) =>
    points.slice(1).map((b, i): Segment => ({ a: points[i] ?? b, b, roadClass, cuts: [] })),
  );
  findCrossings(segments);
  const { points, pointAt } = snapper();
  const pieces = new Map<string, RoadGraph['pieces'][number]>();
  for (const { a, b, roadClass, cuts } of segments) {
    let from = pointAt(a);
    for (const t of [...cuts.toSorted((p, q) => p - q), 1]) {
      const to = pointAt({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
      const key = from < to ? `${from} ${to}` : `${to} ${from}`;
      const known = pieces.get(key);
      // Two roads that snapped onto each other become the greater of them.
      if (from !== to && (!known || rankOf(known.roadClass) < rankOf(roadClass))) {
        pieces.set(key, { a: from, b: to, roadClass });
      }
      from = to;
    }
  }
  return { points, pieces: [...pieces.values()] };
}

function findCrossings(segments: readonly Segment[]): void {
  const cells = new Map<number, Segment[]>();
  for (const segment of segments) {
    for (const key of cellsOf(segment)) {
      const others = cells.get(key);
      if (!others) cells.set(key, [segment]);
      else {
        for (const other of others) cross(segment, other, key);
        others.push(segment);
      }
    }
  }
}

const cellKey = (x: number, y: number): number =>
  (Math.floor(x / CELL_M) + 4096) * 8192 + Math.floor(y / CELL_M) + 4096;

function* cellsOf({ a, b }: Segment): Generator<number> {
  for (let x = Math.floor(Math.min(a.x, b.x) / CELL_M); x <= Math.floor(Math.max(a.x, b.x) / CELL_M); x++) {
    for (let y = Math.floor(Math.min(a.y, b.y) / CELL_M); y <= Math.floor(Math.max(a.y, b.y) / CELL_M); y++) {
      yield cellKey(x * CELL_M, y * CELL_M);
    }
  }
}

/** Records the crossing of two segments, once: only in the cell in which it lies. */
function cross(one: Segment, two: Segment, cell: number): void {
  const dx = one.b.x - one.a.x;
  const dy = one.b.y - one.a.y;
  const ex = two.b.x - two.a.x;
  const ey = two.b.y - two.a.y;
  const area = dx * ey - dy * ex;
  if (Math.abs(area) < 1e-9) return;
  const t = ((two.a.x - one.a.x) * ey - (two.a.y - one.a.y) * ex) / area;
  const u = ((two.a.x - one.a.x) * dy - (two.a.y - one.a.y) * dx) / area;
  if (t < 0 || t > 1 || u < 0 || u > 1) return;
  if (cellKey(one.a.x + dx * t, one.a.y + dy * t) !== cell) return;
  one.cuts.push(t);
  two.cuts.push(u);
}

/** Numbers points, giving the number of a near one that is already there. */
function snapper(): { points: Point[]; pointAt: (point: Point) => number } {
  const points: Point[] = [];
  const cells = new Map<string, number[]>();
  const pointAt = (point: Point): number => {
    const cx = Math.floor(point.x / SNAP_M);
    const cy = Math.floor(point.y / SNAP_M);
    for (let x = cx - 1; x <= cx + 1; x++) {
      for (let y = cy - 1; y <= cy + 1; y++) {
        for (const known of cells.get(`${x} ${y}`) ?? []) {
          const other = points[known];
          if (other && Math.hypot(other.x - point.x, other.y - point.y) < SNAP_M) return known;
        }
      }
    }
    const number = points.push(point) - 1;
    const key = `${cx} ${cy}`;
    const cell = cells.get(key);
    if (cell) cell.push(number);
    else cells.set(key, [number]);
    return number;
  };
  return { points, pointAt };
}
