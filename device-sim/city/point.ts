import type { RoadClass } from './road-class.ts';

/** Metres east and north of the middle of the city. */
export interface Point {
  x: number;
  y: number;
}

/** A drawn road before crossings are known. */
export interface Line {
  points: Point[];
  roadClass: RoadClass;
}

export const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** The same line with a point at least every `stepM` metres, so that it can be bent and cut. */
export function subdivided(points: readonly Point[], stepM: number): Point[] {
  const dense: Point[] = [];
  for (const [i, b] of points.entries()) {
    const a = points[i - 1];
    if (a) {
      const pieces = Math.max(1, Math.ceil(distance(a, b) / stepM));
      for (let k = 1; k < pieces; k++) {
        dense.push({ x: a.x + ((b.x - a.x) * k) / pieces, y: a.y + ((b.y - a.y) * k) / pieces });
      }
    }
    dense.push(b);
  }
  return dense;
}
