import type { Bounds } from '../api/types.ts';

/** Degrees between lines, from street to world; each suits a chart's reader (tenths, halves, whole minutes). */
const STEPS_DEG = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45];
const LINES_ACROSS = 7;
const MOST_LINES = 60;
const FARTHEST_LATITUDE = 85;

export interface Graticule {
  stepDeg: number;
  meridians: number[];
  parallels: number[];
}

/** The lines that cross `bounds`, whose longitudes may be unwrapped. */
export function graticule(bounds: Bounds): Graticule {
  const [west, south, east, north] = bounds;
  const wanted = Math.max(east - west, north - south) / LINES_ACROSS;
  const stepDeg = STEPS_DEG.find((step) => step >= wanted) ?? 45;
  return {
    stepDeg,
    meridians: multiples(west, east, stepDeg),
    parallels: multiples(Math.max(south, -FARTHEST_LATITUDE), Math.min(north, FARTHEST_LATITUDE), stepDeg),
  };
}

function multiples(from: number, to: number, step: number): number[] {
  const lines: number[] = [];
  for (let n = Math.ceil(from / step); n * step <= to && lines.length < MOST_LINES; n++) {
    // n * 0.1 is not always a tenth; the label shows it.
    lines.push(Number((n * step).toFixed(3)));
  }
  return lines;
}

/** `0.32° N`, with as many decimals as the step needs. */
export function degreeLabel(degrees: number, axis: 'lat' | 'lon', stepDeg: number): string {
  const decimals = stepDeg >= 1 ? 0 : stepDeg >= 0.1 ? 1 : stepDeg >= 0.01 ? 2 : 3;
  const wrapped = axis === 'lon' ? ((((degrees + 180) % 360) + 360) % 360) - 180 : degrees;
  const text = Math.abs(wrapped).toFixed(decimals);
  if (Number(text) === 0) return '0°';
  if (axis === 'lon' && Number(text) === 180) return '180°';
  const hemisphere = axis === 'lat' ? (wrapped > 0 ? 'N' : 'S') : wrapped > 0 ? 'E' : 'W';
  return `${text}° ${hemisphere}`;
}

export function graticuleGeoJson(lines: Graticule, [west, south, east, north]: Bounds) {
  const clampedSouth = Math.max(south, -FARTHEST_LATITUDE);
  const clampedNorth = Math.min(north, FARTHEST_LATITUDE);
  return {
    type: 'Feature' as const,
    properties: {},
    geometry: {
      type: 'MultiLineString' as const,
      coordinates: [
        ...lines.meridians.map((lon) => [
          [lon, clampedSouth],
          [lon, clampedNorth],
        ]),
        ...lines.parallels.map((lat) => [
          [west, lat],
          [east, lat],
        ]),
      ],
    },
  };
}
