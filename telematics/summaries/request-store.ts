import type { Connection } from '@wayleave/runtime/postgres.ts';

/** Days of a vehicle that one change asks to be summed up again. */
const MAX_DAYS_PER_REQUEST = 400;

// One that waits for its day to be complete (write-store.ts) is due at once then.
const REQUEST = `
  INSERT INTO summary_requests (operator_id, vehicle_id, day)
  SELECT $1, vehicle, day::date
  FROM unnest($2::bigint[]) AS vehicles (vehicle)
  CROSS JOIN generate_series($3::date - 1, least($4::date, $3::date + ${MAX_DAYS_PER_REQUEST}) + 1, INTERVAL '1 day') AS day
  ORDER BY vehicle, day
  ON CONFLICT (vehicle_id, day) DO UPDATE SET requested_at = now()`;

/**
 * Asks for the daily summaries of vehicles that positions between two instants belong to, in whatever
 * time zone their days are counted; for connections under `wayleave_ingest` or `wayleave_jobs`.
 */
export async function requestSummaries(
  connection: Connection,
  operatorId: number,
  vehicleIds: readonly string[],
  fromMs: number,
  untilMs: number,
): Promise<void> {
  if (vehicleIds.length === 0) return;
  await connection.query(REQUEST, [operatorId, vehicleIds, new Date(fromMs), new Date(untilMs)]);
}
