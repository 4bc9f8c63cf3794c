import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import pg from 'pg';
import RBush from 'rbush';
import type { Polygon } from './fences.ts';
import type { Points } from './fleet.ts';

interface Box {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  key: number;
}

/** The usual way in JavaScript: an R-tree of bounding boxes, then turf on what they leave. */
export function createTurfIndex(fences: readonly Polygon[]): {
  containing: (lat: number, lon: number) => number[];
} {
  const tree = new RBush<Box>();
  tree.load(fences.map((fence, key) => ({ ...boxOf(fence), key })));
  return {
    containing: (lat, lon) =>
      tree
        .search({ minX: lon, minY: lat, maxX: lon, maxY: lat })
        .filter(({ key }) => booleanPointInPolygon([lon, lat], fences[key]!))
        .map(({ key }) => key),
  };
}

function boxOf({ coordinates }: Polygon): Omit<Box, 'key'> {
  const box = { minX: 180, minY: 90, maxX: -180, maxY: -90 };
  for (const [lon, lat] of coordinates[0]!) {
    box.minX = Math.min(box.minX, lon);
    box.minY = Math.min(box.minY, lat);
    box.maxX = Math.max(box.maxX, lon);
    box.maxY = Math.max(box.maxY, lat);
  }
  return box;
}

const FENCES_A_BATCH = 200;
const POINTS_A_BATCH = 10_000;
const RUNS = 3;

/**
 * PostGIS with a GiST index, all points in one join, one core, the best of some runs.
 * @returns positions a second, and how many pairs of a point and a fence it found
 */
export async function measurePostgis(
  url: string,
  fences: readonly Polygon[],
  points: Points,
): Promise<{ positionsPerS: number; pairs: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS postgis');
    await client.query('CREATE TEMP TABLE fences (key int, shape geometry(Polygon, 4326))');
    await client.query('CREATE TEMP TABLE points (place geometry(Point, 4326))');
    for (let from = 0; from < fences.length; from += FENCES_A_BATCH) {
      const shapes = fences.slice(from, from + FENCES_A_BATCH).map((fence) => JSON.stringify(fence));
      await client.query(
        `INSERT INTO fences SELECT $2 + at, ST_SetSRID(ST_GeomFromGeoJSON(shape), 4326)
         FROM unnest($1::text[]) WITH ORDINALITY AS given (shape, at)`,
        [shapes, from - 1],
      );
    }
    for (let from = 0; from < points.length; from += POINTS_A_BATCH * 2) {
      const batch = [...points.subarray(from, from + POINTS_A_BATCH * 2)];
      await client.query(
        `INSERT INTO points SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326)
         FROM unnest($1::float8[], $2::float8[]) AS given (lat, lon)`,
        [batch.filter((_, at) => at % 2 === 0), batch.filter((_, at) => at % 2 === 1)],
      );
    }
    await client.query('CREATE INDEX ON fences USING gist (shape)');
    await client.query('ANALYZE fences');
    await client.query('ANALYZE points');
    await client.query('SET max_parallel_workers_per_gather = 0');
    let bestMs = Number.POSITIVE_INFINITY;
    let pairs = 0;
    for (let run = 0; run < RUNS; run++) {
      const startedAtMs = performance.now();
      const { rows } = await client.query<{ pairs: string }>(
        'SELECT count(*) AS pairs FROM points JOIN fences ON ST_Covers(fences.shape, points.place)',
      );
      bestMs = Math.min(bestMs, performance.now() - startedAtMs);
      pairs = Number(rows[0]!.pairs);
    }
    return { positionsPerS: (points.length / 2 / bestMs) * 1_000, pairs };
  } finally {
    await client.end();
  }
}
