import type { Connection } from '@wayleave/runtime/postgres.ts';
import { type PartRow, partsSql, UNTRUSTED_TIME } from './mileage-sql.ts';

/*
 * What the positions of many devices add up to on a day, in one statement; under `wayleave_jobs` from
 * the table, under `wayleave_app` from the view that shows one operator's.
 */

export type PositionSource = 'positions' | 'operator_positions';

/** The part of a day in which a device spoke for a vehicle. */
export interface DaySegment {
  deviceId: string;
  fromMs: number;
  toMs: number;
  /** When the installation began, which may be long before. */
  installedMs: number;
}

/** What came before a day is looked for so far back: a leg or a step over a longer silence counts on no day. */
const LOOK_BACK_MS = 7 * 86_400_000;

/** Parts of an hour of local time: they are counted from the start of the day. */
const PARTS: Record<PositionSource, string> = {
  positions: partsOf('positions'),
  operator_positions: partsOf('operator_positions'),
};

// Bounds as values beside those of the join: by them the planner leaves out partitions, and they pass the
// view's security barrier.
function partsOf(source: PositionSource): string {
  return `${partsSql(`
    SELECT s.segment, date_bin('1 hour', p.fix_time, $5) AS part, p.fix_time, p.doubts, p.remarks, p.distance_m,
           p.speed_kmh, p.ignition, p.odometer_m
    FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::timestamptz[]) AS s (segment, device_id, starts_at, ends_at)
    JOIN ${source} p ON p.device_id = s.device_id AND p.fix_time >= s.starts_at AND p.fix_time < s.ends_at
    WHERE p.device_id = ANY($2::bigint[]) AND p.fix_time >= $5 AND p.fix_time < $6 AND p.doubts & ${UNTRUSTED_TIME} = 0`)}
    ORDER BY segment, part`;
}

/** What the positions of each segment add up to, hour by hour; `segment` of a row is its place in the list. */
export async function partsOfSegments(
  connection: Connection,
  source: PositionSource,
  segments: readonly DaySegment[],
  day: { fromMs: number; toMs: number },
): Promise<PartRow[]> {
  const { rows } = await connection.query<PartRow>(PARTS[source], [
    segments.map((_, at) => at),
    segments.map(({ deviceId }) => deviceId),
    segments.map(({ fromMs }) => new Date(fromMs)),
    segments.map(({ toMs }) => new Date(toMs)),
    new Date(day.fromMs),
    new Date(day.toMs),
  ]);
  return rows;
}

export interface BeforeRow {
  segment: number;
  good_fix: Date | null;
  odometer_m: number | null;
}

/** What of a segment goes on from before it. */
export interface BeforeQuestion extends DaySegment {
  segment: number;
  asksFix: boolean;
  asksReading: boolean;
}

const BEFORE: Record<PositionSource, string> = {
  positions: beforeOf('positions'),
  operator_positions: beforeOf('operator_positions'),
};

// The device leads the order, so that the index on (device_id, fix_time) gives its last row at once.
function beforeOf(source: PositionSource): string {
  const last = (column: string, condition: string): string => `(
      SELECT p.${column} FROM ${source} p
      WHERE p.device_id = s.device_id AND p.fix_time >= s.since AND p.fix_time < s.starts_at AND ${condition}
        AND p.fix_time >= $6 AND p.fix_time < $7
      ORDER BY p.device_id DESC, p.fix_time DESC LIMIT 1)`;
  return `
    SELECT s.segment,
      CASE WHEN s.asks_fix THEN ${last('fix_time', 'p.doubts = 0')} END AS good_fix,
      CASE WHEN s.asks_reading THEN ${last('odometer_m', `p.odometer_m IS NOT NULL AND p.doubts & ${UNTRUSTED_TIME} = 0`)}
        END AS odometer_m
    FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $8::boolean[])
      AS s (segment, device_id, since, starts_at, asks_fix, asks_reading)`;
}

/** The last good fix and the last reading of the odometer before each segment, of the same installation. */
export async function beforeSegments(
  connection: Connection,
  source: PositionSource,
  questions: readonly BeforeQuestion[],
): Promise<BeforeRow[]> {
  if (questions.length === 0) return [];
  const since = questions.map(({ fromMs, installedMs }) => Math.max(installedMs, fromMs - LOOK_BACK_MS));
  const { rows } = await connection.query<BeforeRow>(BEFORE[source], [
    questions.map(({ segment }) => segment),
    questions.map(({ deviceId }) => deviceId),
    since.map((epochMs) => new Date(epochMs)),
    questions.map(({ fromMs }) => new Date(fromMs)),
    questions.map(({ asksFix }) => asksFix),
    new Date(Math.min(...since)),
    new Date(Math.max(...questions.map(({ fromMs }) => fromMs))),
    questions.map(({ asksReading }) => asksReading),
  ]);
  return rows;
}
