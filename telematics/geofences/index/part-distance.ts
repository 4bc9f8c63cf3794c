import { distanceM } from '../../positions/distance.ts';
import type { Coordinates } from '../geofence.ts';
import { boundaryLines, type Lines, linesDistanceM } from '../shape/boundary-distance.ts';
import { isLeap } from '../shape/contains.ts';
import { segmentDistanceM } from '../shape/segment.ts';
import { CIRCLE, CORRIDOR, type PartNumbers, type Parts, ringsOf, xyOf } from './parts.ts';
import { placeOf } from './vertex-store.ts';

/** From a point to the boundary of a shape, given its parts: as shape/boundary-distance.ts, from the stored vertices. */
export function partsDistanceM(parts: Parts, numbers: PartNumbers, lat: number, lon: number): number {
  const [part] = numbers;
  const xy = xyOf(parts, part);
  const place = placeOf(parts.firstVertex[part]!);
  const reachM = parts.reachM[part]!;
  if (parts.kind[part] === CIRCLE) return Math.abs(distanceM(xy[place + 1]!, xy[place]!, lat, lon) - reachM);
  if (parts.kind[part] === CORRIDOR) {
    return Math.abs(lineDistanceM(xy, place, parts.vertexCount[part]!, lat, lon) - reachM);
  }
  const lines = numbers.some((one) => mayHaveSeam(parts, one))
    ? boundaryLines(numbers.flatMap((one) => coordinatesOf(parts, one)))
    : numbers.map((one) => linesOf(parts, one));
  return linesDistanceM(lines, lat, lon);
}

const linesOf = (parts: Parts, part: number): Lines => ({
  xy: xyOf(parts, part),
  place: placeOf(parts.firstVertex[part]!),
  lengths: ringsOf(parts, part),
});

function lineDistanceM(xy: Float64Array, from: number, vertices: number, lat: number, lon: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let place = from; place < from + (vertices - 1) * 2; place += 2) {
    if (isLeap(xy[place]!, xy[place + 2]!)) continue;
    const distance = segmentDistanceM(lat, lon, xy[place + 1]!, xy[place]!, xy[place + 3]!, xy[place + 2]!);
    least = Math.min(least, distance);
  }
  return least;
}

/** Few shapes touch the antimeridian or a pole, where what is no boundary has to be found first. */
function mayHaveSeam({ boxes }: Parts, part: number): boolean {
  const at = part * 4;
  return boxes[at] === -180 || boxes[at + 1] === -90 || boxes[at + 2] === 180 || boxes[at + 3] === 90;
}

function coordinatesOf(parts: Parts, part: number): Coordinates[][] {
  const { xy, place, lengths } = linesOf(parts, part);
  let at = place;
  return lengths.map((length) =>
    Array.from({ length }, (): Coordinates => {
      at += 2;
      return [xy[at - 2]!, xy[at - 1]!];
    }),
  );
}
