import type { Coordinates } from './geofence.ts';
import { signedAreaM2 } from './rings.ts';
import { shapeOutOfRange } from './shape-errors.ts';

/** An open ring followed around the Earth. */
export interface UnrolledRing {
  /** Longitudes in [-180, 180): a vertex on the antimeridian belongs to the map that begins there. */
  vertices: Coordinates[];
  /** Whether the edge from each vertex to the next leads over the antimeridian: 1 eastwards, -1 westwards. */
  passages: number[];
  /** Turns around the Earth when back at the first vertex: 0, or ±1 around a pole. */
  net: number;
}

/** How a step of exactly 360 degrees, along a side of the map, is read. */
type SeamReading = 'short' | 'literal';

/**
 * Whether a ring already is what RFC 7946 asks for: no longitude beyond ±180, and no edge that must
 * be read as the short way.
 */
export function staysOnMap(open: readonly Coordinates[]): boolean {
  let hasSeamStep = false;
  for (const [i, [lon]] of open.entries()) {
    if (Math.abs(lon) > 180) return false;
    const step = Math.abs((open[(i + 1) % open.length] as Coordinates)[0] - lon);
    if (step === 360) hasSeamStep = true;
    else if (step > 180) return false;
  }
  return !hasSeamStep || seamReading(open) === 'literal';
}

/** Follows an open ring around, the short way at each step. Throws `shape_out_of_range`. */
export function unroll(open: readonly Coordinates[]): UnrolledRing {
  return follow(open, seamReading(open));
}

/**
 * A step from [180, a] to [-180, b] is nothing at all in a ring that crosses the antimeridian and names
 * it on both sides; in one that has the whole map in it, such as Antarctica, it leads along a side of the
 * map. It is the former if the ring encloses an area so, then the latter, then the former around a pole.
 */
function seamReading(open: readonly Coordinates[]): SeamReading {
  if (!open.some(([lon], i) => isSeamStep(lon, (open[(i + 1) % open.length] as Coordinates)[0]))) {
    return 'short';
  }
  const short = follow(open, 'short');
  if (short.net === 0 && Math.abs(unrolledAreaM2(short)) >= 1) return 'short';
  const literal = follow(open, 'literal');
  return literal.net === 0 && Math.abs(unrolledAreaM2(literal)) >= 1 ? 'literal' : 'short';
}

function unrolledAreaM2({ vertices, passages }: UnrolledRing): number {
  let turn = 0;
  const ring = vertices.map(([lon, lat], i): Coordinates => {
    if (i > 0) turn += passages[i - 1] as number;
    return [lon + 360 * turn, lat];
  });
  return signedAreaM2([...ring, ring[0] as Coordinates]);
}

const isSeamStep = (from: number, to: number) =>
  Math.abs(from) === 180 && Math.abs(to) === 180 && from !== to;

function follow(open: readonly Coordinates[], seam: SeamReading): UnrolledRing {
  const passages = open.map(([lon], i) =>
    passageOf(lon, (open[(i + 1) % open.length] as Coordinates)[0], seam),
  );
  const net = passages.reduce((sum, passage) => sum + passage, 0);
  if (Math.abs(net) > 1) throw shapeOutOfRange('A ring leads around the Earth more than once.');
  return { vertices: open.map(([lon, lat]) => [onMap(lon), lat]), passages, net };
}

/** Exact: adding or taking off 360 loses no digit between 180 and 360. */
function onMap(lon: number): number {
  if (lon >= 180) return lon - 360;
  return lon < -180 ? lon + 360 : lon;
}

function passageOf(from: number, to: number, seam: SeamReading): number {
  const step = to - from;
  if (seam === 'literal' && isSeamStep(from, to)) return Math.sign(step);
  const onOneMap = onMap(to) - onMap(from);
  if (Math.abs(step) <= 180) return Math.round((step - onOneMap) / 360);
  if (onOneMap > 180) return -1;
  return onOneMap < -180 ? 1 : 0;
}
