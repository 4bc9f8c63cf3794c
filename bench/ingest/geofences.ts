import type pg from 'pg';

/** The middle of where the load drives, and how far around it geofences lie, degrees. */
const MIDDLE = { lat: 0.3476, lon: 32.5825 };
const AROUND_DEG = 0.4;
const MIN_RADIUS_M = 50;
const MAX_RADIUS_M = 3_000;
const METRES_PER_DEGREE = 111_195;
const VERSIONS_PER_STATEMENT = 500;

const ADD = `
  WITH numbered AS (SELECT shape, kind, at FROM unnest($2::jsonb[], $3::text[]) WITH ORDINALITY AS drawn (shape, kind, at)),
  made AS (INSERT INTO geofences (operator_id) SELECT $1 FROM numbered RETURNING id),
  ids AS (SELECT id, row_number() OVER (ORDER BY id) AS at FROM made)
  INSERT INTO geofence_versions (operator_id, geofence_id, version, valid_from, name, kind, shape, speed_limit_kmh)
  SELECT $1, id, 1, '2020-01-01', 'Bench ' || id, kind, shape, CASE kind WHEN 'low_speed' THEN 50 END
  FROM numbered JOIN ids USING (at)`;

/**
 * Draws polygons of 100 to 500 vertices around the city that the load drives in: mostly customers' homes
 * and depots, some zones of low speed and forbidden ones, and one territory around them all.
 */
export async function addGeofences(database: pg.Client, operatorId: string, count: number): Promise<void> {
  const random = randomFrom(20_261_120);
  const shapes: string[] = [];
  const kinds: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const vertices = 100 + Math.floor(random() * 401);
    const lat = MIDDLE.lat + (random() * 2 - 1) * AROUND_DEG;
    const lon = MIDDLE.lon + (random() * 2 - 1) * AROUND_DEG;
    // Many small ones and few large ones.
    const radiusM = MIN_RADIUS_M * (MAX_RADIUS_M / MIN_RADIUS_M) ** (random() ** 2);
    shapes.push(
      JSON.stringify({ type: 'Polygon', coordinates: [star(lat, lon, radiusM, vertices, random)] }),
    );
    kinds.push(at % 20 === 0 ? 'forbidden' : at % 20 === 1 ? 'low_speed' : at % 2 === 0 ? 'home' : 'depot');
  }
  shapes.push(JSON.stringify({ type: 'Circle', center: [MIDDLE.lon, MIDDLE.lat], radiusM: 100_000 }));
  kinds.push('territory');
  for (let at = 0; at < shapes.length; at += VERSIONS_PER_STATEMENT) {
    const some = [shapes, kinds].map((values) => values.slice(at, at + VERSIONS_PER_STATEMENT));
    await database.query(ADD, [operatorId, ...some]);
  }
}

function star(lat: number, lon: number, radiusM: number, vertices: number, random: () => number): number[][] {
  const ring = Array.from({ length: vertices }, (_, at) => {
    const angle = (at / vertices) * 2 * Math.PI;
    const degrees = (radiusM * (0.7 + 0.3 * random())) / METRES_PER_DEGREE;
    return [lon + degrees * Math.cos(angle), lat + degrees * Math.sin(angle)];
  });
  return [...ring, ring[0]!];
}

/** The same numbers every time (a linear congruential generator). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
