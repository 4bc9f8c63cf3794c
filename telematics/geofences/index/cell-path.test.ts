import { cellToLatLng, getPentagons, latLngToCell } from 'h3-js';
import { describe, expect, it } from 'vitest';
import { cellHex, cellOf } from '../../positions/h3/cell.ts';
import { inSpace } from '../shape/segment.ts';
import { createCellPath, enterBaseCell, enterChild, FINEST } from './cell-path.ts';
import { digitAt } from './locate.ts';

type Point = readonly [lat: number, lon: number];
type Vector = readonly [x: number, y: number, z: number];

/** Spread evenly over the globe. */
const globe = Array.from(
  { length: 20_000 },
  (_, at): Point => [
    (Math.asin(1 - (2 * at + 1) / 20_000) * 180) / Math.PI,
    ((at * 137.507_764) % 360) - 180,
  ],
);
const aroundPentagons = getPentagons(3).flatMap((cell) => {
  const [lat, lon] = cellToLatLng(cell);
  return Array.from(
    { length: 60 },
    (_, at): Point => [lat + 0.5 * Math.sin(at), lon + 0.01 * at * Math.cos(at)],
  );
});
const path = createCellPath();

/** Goes down to the cell of a point, and tells at each resolution how far that is from the centre. */
function descend(
  [lat, lon]: Point,
  each: (resolution: number, centre: Vector, reachRad: number) => void,
): void {
  const { high, low } = cellOf(lat, lon, FINEST);
  enterBaseCell(path, (high >> 13) & 127);
  for (let resolution = 0; resolution <= FINEST; resolution++) {
    const isThere = resolution === 0 || enterChild(path, resolution - 1, digitAt(high, low, resolution));
    if (!isThere) throw new Error(`${lat} ${lon} has no cell at resolution ${resolution}`);
    each(
      resolution,
      [path.x[resolution]!, path.y[resolution]!, path.z[resolution]!],
      path.reachRad[resolution]!,
    );
  }
}

const angle = (a: Vector, b: Vector): number =>
  2 * Math.asin(Math.min(1, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2));

describe('the way down to a cell', () => {
  it('never leads further from a point than its cells reach', () => {
    const outOfReach: string[] = [];
    for (const point of [...globe, ...aroundPentagons]) {
      const place = inSpace(...point);
      descend(point, (resolution, centre, reachRad) => {
        if (angle(place, centre) > reachRad) outOfReach.push(`${point.join()} at ${resolution}`);
      });
    }
    expect(outOfReach).toEqual([]);
  });

  it('has the centres of h3-js', () => {
    const points = [...globe.filter((_, at) => at % 20 === 0), ...aroundPentagons];
    let furthest = 0;
    const finest: string[] = [];
    for (const point of points) {
      let found = '';
      descend(point, (resolution, [x, y, z]) => {
        found = latLngToCell((Math.asin(z) * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI, resolution);
        furthest = Math.max(furthest, angle([x, y, z], inSpace(...cellToLatLng(found))));
      });
      finest.push(found);
    }
    expect(furthest).toBeLessThan(1e-12);
    expect(finest).toEqual(
      points.map((point) => {
        const { high, low } = cellOf(...point, FINEST);
        return cellHex(high, low);
      }),
    );
  });
});
