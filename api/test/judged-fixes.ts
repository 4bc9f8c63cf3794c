import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

/** What a stored position has beside its time, under the names of the columns. */
export interface JudgedFix {
  fixTimeMs: number;
  lat?: number | null;
  lon?: number | null;
  speed_kmh?: number | null;
  altitude_m?: number | null;
  battery_v?: number | null;
  odometer_m?: number | null;
  distance_m?: number | null;
  doubts?: number;
  remarks?: number;
  attributes?: Record<string, unknown> | null;
}

/** Stores positions with the verdicts that the test wants, past ingest. */
export async function storeJudged(
  api: ApiUnderTest,
  operator: OperatorName,
  deviceId: string,
  fixes: readonly JudgedFix[],
): Promise<void> {
  const rows = fixes.map(({ fixTimeMs, ...columns }) => ({
    device_id: deviceId,
    fix_time: new Date(fixTimeMs).toISOString(),
    received_at: new Date(fixTimeMs + 250).toISOString(),
    operator_id: api.operatorIds[operator],
    lat: 0.35,
    lon: 32.58,
    doubts: 0,
    remarks: 0,
    ...columns,
  }));
  await api.ingestPool.query(
    'INSERT INTO positions SELECT * FROM jsonb_populate_recordset(null::positions, $1::jsonb)',
    [JSON.stringify(rows)],
  );
}

/** `count` good fixes of a drive in circles, every `everyMs`, made by the database itself. */
export async function storeDrive(
  api: ApiUnderTest,
  operator: OperatorName,
  deviceId: string,
  drive: { fromMs: number; everyMs: number; count: number },
): Promise<void> {
  await api.ingestPool.query(
    `INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3, speed_kmh, distance_m, attributes)
     SELECT $1, time, time, $2, 0.35 + 0.01 * sin(n / 50.0), 32.58 + 0.01 * cos(n / 50.0), 0, n % 90, 10, '{"gsmSignal": 21}'
     FROM (SELECT n, $3::timestamptz + n * $4 * interval '1 millisecond' AS time FROM generate_series(0, $5 - 1) n) AS fixes`,
    [deviceId, api.operatorIds[operator], new Date(drive.fromMs), drive.everyMs, drive.count],
  );
}
