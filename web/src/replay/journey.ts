import type { TrackFeature } from '../api/types.ts';

export interface Vertex {
  atMs: number;
  lon: number;
  lat: number;
  speedKmh: number | null;
}

/** The ways of a day, oldest first: one for each stretch between breaks. */
export interface Journey {
  lines: readonly (readonly Vertex[])[];
  vertices: number;
}

export const EMPTY_JOURNEY: Journey = { lines: [], vertices: 0 };

/** The journey with what came next; a line that goes on where the last one of its device ended is joined to it. */
export function withFeatures(journey: Journey, features: readonly TrackFeature[]): Journey {
  const lines = [...journey.lines];
  let { vertices } = journey;
  for (const feature of features) {
    const line = verticesOf(feature);
    const first = line[0];
    const before = lines.at(-1);
    const end = before?.at(-1);
    if (!first) continue;
    if (before && end && end.atMs === first.atMs && end.lat === first.lat) {
      // At the antimeridian the same point has another longitude: the line goes on beyond 180°.
      const turns = end.lon - first.lon;
      lines[lines.length - 1] = [...before, ...line.slice(1).map((v) => ({ ...v, lon: v.lon + turns }))];
      vertices += line.length - 1;
    } else {
      lines.push(line);
      vertices += line.length;
    }
  }
  return { lines, vertices };
}

function verticesOf({ geometry, properties }: TrackFeature): Vertex[] {
  const coordinates = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  return coordinates.map(([lon, lat], at) => ({
    lon,
    lat,
    atMs: Date.parse(properties.coordTimes[at] ?? ''),
    speedKmh: properties.speedsKmh[at] ?? null,
  }));
}

/** From the first fix to the last, epoch milliseconds; null without any. */
export function extentOf({ lines }: Journey): { fromMs: number; toMs: number } | null {
  const first = lines[0]?.[0];
  const last = lines.at(-1)?.at(-1);
  return first && last ? { fromMs: first.atMs, toMs: last.atMs } : null;
}

export interface Whereabouts {
  lon: number;
  lat: number;
  speedKmh: number | null;
  /** Degrees clockwise from north along the line; null at rest. */
  headingDeg: number | null;
}

/**
 * Where the vehicle was at a time: along the line between two vertices, which is as true as the track's
 * tolerance; between two lines it stays where the earlier one ended. Null for an empty journey.
 */
export function whereaboutsAt({ lines }: Journey, atMs: number): Whereabouts | null {
  const line = lines.findLast((candidate) => (candidate[0]?.atMs ?? 0) <= atMs) ?? lines[0];
  if (!line || line.length === 0) return null;
  // At the ends of the line the vehicle heads as it does on the leg there.
  const next = Math.max(1, Math.min(line.length - 1, firstAfter(line, atMs)));
  const from = line[next - 1]!;
  const to = line[next] ?? from;
  const span = to.atMs - from.atMs;
  const share = span > 0 ? Math.min(1, Math.max(0, (atMs - from.atMs) / span)) : 0;
  const between = (a: number, b: number) => a + (b - a) * share;
  const isAtRest = from.lat === to.lat && from.lon === to.lon;
  return {
    lon: between(from.lon, to.lon),
    lat: between(from.lat, to.lat),
    speedKmh:
      from.speedKmh === null || to.speedKmh === null ? from.speedKmh : between(from.speedKmh, to.speedKmh),
    headingDeg: isAtRest ? null : bearing(from, to),
  };
}

/** What was driven until a time, for drawing it brighter than what was still to come. */
export function drivenUntil({ lines }: Journey, atMs: number): [lon: number, lat: number][][] {
  const driven: [number, number][][] = [];
  for (const line of lines) {
    const first = line[0];
    if (!first || first.atMs > atMs) break;
    const next = firstAfter(line, atMs);
    const part = line.slice(0, next).map(({ lon, lat }): [number, number] => [lon, lat]);
    if (next < line.length) {
      const at = whereaboutsAt({ lines: [line], vertices: line.length }, atMs);
      if (at) part.push([at.lon, at.lat]);
    }
    if (part.length > 1) driven.push(part);
  }
  return driven;
}

/** The index of the first vertex after a time. */
function firstAfter(line: readonly Vertex[], atMs: number): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bearing(from: Vertex, to: Vertex): number {
  const east = (to.lon - from.lon) * Math.cos(((from.lat + to.lat) / 2) * (Math.PI / 180));
  return ((Math.atan2(east, to.lat - from.lat) * 180) / Math.PI + 360) % 360;
}
