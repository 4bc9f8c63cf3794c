import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { OPERATOR } from '../ingest/bench-stack.ts';

const DAY_MS = 86_400_000;
const INTERVAL_S = 30;
export const ROWS_PER_DAY = 86_400 / INTERVAL_S;
const LOCK_NOT_AVAILABLE = '55P03';
/** Days that are filled at once, each over a connection of its own. */
const LANES = 2;

export interface FilledFleet {
  vehicleIds: string[];
  /** Those of `vehicleIds` that have a history, and the midnights at which its days begin. */
  withHistory: number;
  days: Date[];
  rows: number;
}

/**
 * A fleet and its history, as ingest would have left it: a fix every thirty seconds of each vehicle,
 * in the order in which they come, so that the rows of one vehicle lie on as many pages as there are
 * of them. All of whole days until yesterday.
 */
export async function fillHistory(
  connect: () => Promise<pg.Client>,
  wanted: { vehicles: number; rows: number; isSorted: boolean },
  say: (line: string) => void,
): Promise<FilledFleet> {
  const owner = await connect();
  try {
    const vehicleIds = await fleetOf(owner);
    const withHistory = Math.min(wanted.vehicles, Math.max(1, Math.floor(wanted.rows / ROWS_PER_DAY)));
    const dayCount = Math.max(1, Math.round(wanted.rows / (withHistory * ROWS_PER_DAY)));
    const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const days = Array.from({ length: dayCount }, (_, at) => new Date(todayMs - (dayCount - at) * DAY_MS));
    await owner.query('SELECT make_position_partitions($1::date, $2::date)', [days[0], days.at(-1)]);
    const startedAtMs = performance.now();
    const waiting = [...days];
    const lanes = Array.from({ length: Math.min(LANES, dayCount) }, async () => {
      const lane = await connect();
      try {
        for (let day = waiting.shift(); day !== undefined; day = waiting.shift()) {
          await lane.query(DAY, [day, withHistory]);
          const done = (dayCount - waiting.length) * withHistory * ROWS_PER_DAY;
          say(`  ${done} rows at most after ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
        }
      } finally {
        await lane.end();
      }
    });
    await Promise.all(lanes);
    await owner.query(LATEST, [days.at(-1)]);
    if (wanted.isSorted) {
      // What the job does to days that are over, natively.
      for (let day = await sortDay(owner); day !== null; day = await sortDay(owner)) {
        say(`  sorted ${day} after ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
      }
    }
    // What autovacuum does to a day that is over.
    await owner.query('VACUUM (ANALYZE) positions');
    return { vehicleIds, withHistory, days, rows: dayCount * withHistory * ROWS_PER_DAY };
  } finally {
    await owner.end();
  }
}

/** Sorts one day; waits while the server's own upkeep uses it. */
async function sortDay(owner: pg.Client): Promise<string | null> {
  for (;;) {
    try {
      const { rows } = await owner.query<{ day: string | null }>(
        'SELECT sort_position_partition(now()::date)::text AS day',
      );
      return rows[0]!.day;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      await sleep(1_000);
    }
  }
}

/** Has every device in its vehicle from before the history began; ids of the vehicles in the order of the devices'. */
async function fleetOf(owner: pg.Client): Promise<string[]> {
  await owner.query("UPDATE installations SET during = tstzrange('2020-01-01', NULL)");
  const { rows } = await owner.query<{ vehicle_id: string }>(
    'SELECT vehicle_id FROM installations ORDER BY device_id',
  );
  return rows.map(({ vehicle_id }) => vehicle_id);
}

const DEVICES = `(SELECT id, operator_id, row_number() OVER (ORDER BY id) AS n FROM devices
  WHERE operator_id = (SELECT id FROM operators WHERE name = '${OPERATOR}'))`;

/** Fix times with the seconds of the epoch, which are computed once for all devices of an instant. */
const TIMES = (times: string): string =>
  `(SELECT time, extract(epoch FROM time)::float8 AS s FROM ${times} AS times (time)) AS t`;

/** What a fix tells beside its device: around a city, with what trackers mostly report. */
const FIX = `
  t.time, t.time + interval '1 second', d.operator_id,
  0.31 + d.n % 100 * 0.001 + 0.02 * sin(t.s / 1800 + d.n), 32.58 + d.n % 70 * 0.001 + 0.02 * cos(t.s / 2700 + d.n),
  t.s / 30 * 200, 622236750694711295, t.s::bigint / 30 % 80, t.s::bigint / 30 % 360, 1190, 6, 12.6, 9, true,
  '{"gsmSignal": 21, "hdop": 0.9}'::jsonb, 200`;

const COLUMNS = `device_id, fix_time, received_at, operator_id, lat, lon, odometer_m, h3, speed_kmh, heading_deg,
  altitude_m, accuracy_m, battery_v, satellites, ignition, attributes, distance_m`;

const DAY = `
  INSERT INTO positions (${COLUMNS})
  SELECT d.id, ${FIX}
  FROM ${TIMES(`generate_series($1::timestamptz, $1::timestamptz + interval '1 day' - interval '1 second', interval '${INTERVAL_S} seconds')`)}
  CROSS JOIN (SELECT * FROM ${DEVICES} AS all_devices WHERE n <= $2 ORDER BY n OFFSET 0) AS d`;

const LATEST = `
  INSERT INTO latest_positions (${COLUMNS}, doubts, remarks, newest_fix_time, last_received_at)
  SELECT d.id, ${FIX}, 0, 0, t.time, t.time
  FROM ${DEVICES} AS d, ${TIMES("(VALUES ($1::timestamptz + interval '23 hours'))")}`;
