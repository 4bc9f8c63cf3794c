import type { Coordinates } from '../geofence.ts';

type Ring = readonly Coordinates[];
/** A part of a meridian or of a parallel at a pole. */
type Span = readonly [low: number, high: number];

const isAntimeridian = ([lon]: Coordinates): boolean => Math.abs(lon) === 180;
const isPole = ([, lat]: Coordinates): boolean => Math.abs(lat) === 90;
const isSeam = (a: Coordinates, b: Coordinates): boolean =>
  (isAntimeridian(a) && a[0] === b[0]) || (isPole(a) && a[1] === b[1]);

/**
 * The edges of rings that are boundaries on the globe, as lines. An edge along the antimeridian is none as
 * far as one on its other side continues the shape there, nor is one at a pole that the shape surrounds.
 */
export function seamlessEdges(rings: readonly Ring[]): readonly Ring[] {
  const hasSeam = rings.some((ring) => ring.some((vertex) => isAntimeridian(vertex) || isPole(vertex)));
  if (!hasSeam) return rings;
  const edges = rings.flatMap((ring) =>
    ring.slice(1).map((end, at): [Coordinates, Coordinates] => [ring[at]!, end]),
  );
  return edges.flatMap(([a, b]): Ring[] => {
    if (!isSeam(a, b)) return [[a, b]];
    return isPole(a) && a[1] === b[1] ? poleEdge(a, edges) : meridianEdge(a, b, edges);
  });
}

/** The pole itself is the boundary there, unless edges go all around it. */
function poleEdge(a: Coordinates, edges: readonly (readonly [Coordinates, Coordinates])[]): Ring[] {
  const around = edges
    .filter(([from, to]) => from[1] === a[1] && to[1] === a[1])
    .reduce((degrees, [from, to]) => degrees + Math.abs(to[0] - from[0]), 0);
  return around >= 360 ? [] : [[a, a]];
}

function meridianEdge(
  a: Coordinates,
  b: Coordinates,
  edges: readonly (readonly [Coordinates, Coordinates])[],
): Ring[] {
  let left: Span[] = [spanOf(a, b)];
  for (const [from, to] of edges) {
    if (from[0] === -a[0] && to[0] === -a[0]) left = left.flatMap((span) => without(span, spanOf(from, to)));
  }
  return left.map(
    ([low, high]): Ring => [
      [a[0], low],
      [a[0], high],
    ],
  );
}

const spanOf = (a: Coordinates, b: Coordinates): Span => [Math.min(a[1], b[1]), Math.max(a[1], b[1])];

function without([low, high]: Span, [cutLow, cutHigh]: Span): Span[] {
  if (cutHigh <= low || cutLow >= high) return [[low, high]];
  const rest: Span[] = [];
  if (cutLow > low) rest.push([low, cutLow]);
  if (cutHigh < high) rest.push([cutHigh, high]);
  return rest;
}
