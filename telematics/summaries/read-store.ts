import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { DailyFigures } from './summary.ts';

export interface SummaryRow {
  /** `2026-11-20`. */
  day: string;
  version: number;
  computed_at: Date;
  time_zone: string;
  figures: DailyFigures;
}

/** The newest version of each of a vehicle's days from `from` to `to`, both included, oldest first. */
export async function listSummaries(
  connection: Connection,
  vehicleId: string,
  from: string,
  to: string,
): Promise<SummaryRow[]> {
  const { rows } = await connection.query<SummaryRow>(
    `SELECT DISTINCT ON (s.day) s.day::text AS day, s.version, s.computed_at, s.time_zone, s.figures
     FROM daily_summaries s WHERE s.vehicle_id = $1 AND s.day BETWEEN $2 AND $3
     ORDER BY s.day, s.version DESC`,
    [vehicleId, from, to],
  );
  return rows;
}
