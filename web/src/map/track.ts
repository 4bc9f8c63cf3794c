/** A track is broken where nothing was heard for so long: the way between is not known. */
const BROKEN_AFTER_MS = 5 * 60_000;

/** A position as far as a drawn way needs it. */
export interface TrackPoint {
  fixTimeMs: number;
  lat: number;
  lon: number;
  speedKmh: number | null;
}

type LonLat = [lon: number, lat: number];

/** The driven way as lines, broken at silences; `points` are in the order of their fixes. */
export function trackLines(points: readonly TrackPoint[]): LonLat[][] {
  const lines: LonLat[][] = [];
  let line: LonLat[] = [];
  let previousMs = Number.NaN;
  for (const point of points) {
    if (point.fixTimeMs - previousMs > BROKEN_AFTER_MS) {
      if (line.length > 1) lines.push(line);
      line = [];
    }
    const last = line.at(-1);
    // A longitude more than half the world away is the short way across the antimeridian.
    const lon = last ? point.lon - 360 * Math.round((point.lon - last[0]) / 360) : point.lon;
    line.push([lon, point.lat]);
    previousMs = point.fixTimeMs;
  }
  if (line.length > 1) lines.push(line);
  return lines;
}

export function trackGeoJson(lines: LonLat[][]) {
  return {
    type: 'Feature' as const,
    properties: {},
    geometry: { type: 'MultiLineString' as const, coordinates: lines },
  };
}
