import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { VehicleKind } from '../../vehicles/vehicle.ts';
import { type ThresholdColumns, thresholdsOf } from './threshold-row.ts';
import { defaultThresholds, type Thresholds, thresholdsOfNoVehicle } from './thresholds.ts';

/** PostgreSQL channel on which it is told, with the operator's id, that thresholds or who drives what changed. */
export const JUDGING_CHANNEL = 'judging';

type JudgingRow = { device_id: string; kind: VehicleKind } & (
  | ThresholdColumns
  | { [Column in keyof ThresholdColumns]: null }
);

const OF_DEVICES = `
  SELECT asked.device_id, v.kind, q.max_ahead_s, q.max_accuracy_m, q.min_satellites, q.max_speed_kmh,
         q.max_acceleration_mps2, q.jump_slack_m, q.frozen_odometer_m, q.duplicate_m
  FROM unnest($1::bigint[], $2::bigint[]) AS asked (device_id, operator_id)
  JOIN LATERAL (
    SELECT vehicle_id FROM installations WHERE device_id = asked.device_id AND during @> now() LIMIT 1
  ) i ON true
  JOIN vehicles v ON v.id = i.vehicle_id
  LEFT JOIN quality_thresholds q ON q.operator_id = asked.operator_id AND q.kind = v.kind`;

/**
 * The thresholds by which the fixes of each device are judged now: those of the vehicle that it is
 * in. For connections under the role `wayleave_ingest`.
 */
export async function thresholdsOfDevices(
  connection: Connection,
  devices: readonly { deviceId: number; operatorId: number }[],
): Promise<Map<number, Thresholds>> {
  const { rows } = await connection.query<JudgingRow>(OF_DEVICES, [
    devices.map(({ deviceId }) => deviceId),
    devices.map(({ operatorId }) => operatorId),
  ]);
  const found = new Map(devices.map(({ deviceId }) => [deviceId, thresholdsOfNoVehicle]));
  for (const row of rows) {
    found.set(
      Number(row.device_id),
      row.max_ahead_s === null ? defaultThresholds[row.kind] : thresholdsOf(row),
    );
  }
  return found;
}
