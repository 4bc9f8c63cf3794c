import { createLog } from '@wayleave/runtime/log.ts';
import { createPool } from '@wayleave/runtime/postgres.ts';
import type { ApiUnderTest, OperatorName } from './api-under-test.ts';
import type { TestVehicle } from './fleet-under-test.ts';

/** A row in each table that those who run the rules write, as they do. */
export async function storeFindings(
  api: ApiUnderTest,
  databaseUrl: string,
  operator: OperatorName,
  { deviceId, vehicleId }: TestVehicle,
): Promise<void> {
  const operatorId = api.operatorIds[operator];
  const values = [operatorId, deviceId, vehicleId];
  await api.ingestPool.query(
    `WITH raised AS (
       INSERT INTO events (id, operator_id, device_id, vehicle_id, rule, kind, subject, severity, routes,
                           occurred_at, confirmed_at, settled_at, late, details)
       VALUES (gen_random_uuid(), $1, $2, $3, 'tow', 'tow', '', 'critical', '{live}', now(), now(), now(), false, '{}')
     ), driven AS (
       INSERT INTO trips (id, operator_id, device_id, vehicle_id, kind, started_at, confirmed_at, settled_at, start_lat, start_lon, details)
       VALUES (gen_random_uuid(), $1, $2, $3, 'trip', now(), now(), now(), 0, 0, '{}')
     ), replayed AS (
       INSERT INTO rule_replays (device_id, operator_id) VALUES ($2, $1)
     )
     INSERT INTO summary_requests (operator_id, vehicle_id, day) VALUES ($1, $3, '2026-11-01')`,
    values,
  );
  const jobs = createPool({
    url: databaseUrl,
    role: 'wayleave_jobs',
    log: createLog('test', 'fatal'),
    maxConnections: 1,
  });
  try {
    await jobs.query(
      `WITH summed AS (
         INSERT INTO daily_summaries (operator_id, vehicle_id, day, version, time_zone, figures)
         VALUES ($1, $2, '2026-11-01', 1, 'UTC', '{}')
       )
       INSERT INTO coverage_holes (operator_id, h3, silences, last_at) VALUES ($1, 1, 1, now())`,
      [operatorId, vehicleId],
    );
  } finally {
    await jobs.end();
  }
}
