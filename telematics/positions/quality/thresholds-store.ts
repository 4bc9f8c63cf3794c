import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { VehicleKind } from '../../vehicles/vehicle.ts';
import type { ThresholdColumns } from './threshold-row.ts';
import type { Thresholds } from './thresholds.ts';

/*
 * What an operator has set, on connections under the role `wayleave_app`; ingest reads by
 * judging-store.ts, and hears of a change by trigger.
 */

export type ThresholdRow = ThresholdColumns & { kind: VehicleKind };

const COLUMNS =
  'max_ahead_s, max_accuracy_m, min_satellites, max_speed_kmh, max_acceleration_mps2, jump_slack_m, ' +
  'frozen_odometer_m, duplicate_m';

/** What the transaction's operator has set, at most one row a kind. */
export async function listThresholds(connection: Connection): Promise<ThresholdRow[]> {
  const { rows } = await connection.query<ThresholdRow>(`SELECT kind, ${COLUMNS} FROM quality_thresholds`);
  return rows;
}

const PUT = `
  INSERT INTO quality_thresholds (operator_id, kind, ${COLUMNS})
  VALUES (current_operator(), $1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (operator_id, kind) DO UPDATE SET (${COLUMNS}) = ROW (${COLUMNS.split(', ')
    .map((column) => `excluded.${column}`)
    .join(', ')})`;

export async function putThresholds(
  connection: Connection,
  kind: VehicleKind,
  set: Thresholds,
): Promise<void> {
  await connection.query(PUT, [
    kind,
    set.maxAheadS,
    set.maxAccuracyM,
    set.minSatellites,
    set.maxSpeedKmh,
    set.maxAccelerationMps2,
    set.jumpSlackM,
    set.frozenOdometerM,
    set.duplicateM,
  ]);
}

export async function deleteThresholds(connection: Connection, kind: VehicleKind): Promise<void> {
  await connection.query('DELETE FROM quality_thresholds WHERE kind = $1', [kind]);
}
