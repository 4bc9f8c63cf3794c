import type { Vertex } from '../replay/journey.ts';

/** Where one colour of a replayed way ends and the next begins, km/h. */
export const SPEED_BANDS_KMH = [5, 30, 60] as const;

/** 0 for crawling up to `SPEED_BANDS_KMH.length`; an unknown speed is the slowest. */
export function bandOf(speedKmh: number | null): number {
  const at = SPEED_BANDS_KMH.findIndex((limit) => (speedKmh ?? 0) < limit);
  return at === -1 ? SPEED_BANDS_KMH.length : at;
}

/** The lines cut into stretches of one colour each; a leg has the colour of the mean of its ends. */
export function bandedGeoJson(lines: readonly (readonly Vertex[])[]) {
  return {
    type: 'FeatureCollection' as const,
    features: lines.flatMap(stretchesOf).map(({ band, coordinates }) => ({
      type: 'Feature' as const,
      properties: { band },
      geometry: { type: 'LineString' as const, coordinates },
    })),
  };
}

interface Stretch {
  band: number;
  coordinates: [lon: number, lat: number][];
}

function stretchesOf(line: readonly Vertex[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let at = 1; at < line.length; at++) {
    const from = line[at - 1]!;
    const to = line[at]!;
    const band = bandOf(meanOf(from.speedKmh, to.speedKmh));
    const current = stretches.at(-1);
    if (current?.band === band) current.coordinates.push([to.lon, to.lat]);
    else
      stretches.push({
        band,
        coordinates: [
          [from.lon, from.lat],
          [to.lon, to.lat],
        ],
      });
  }
  return stretches;
}

function meanOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : (a + b) / 2;
}
