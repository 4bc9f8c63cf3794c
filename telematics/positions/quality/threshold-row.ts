import type { Thresholds } from './thresholds.ts';

/** The columns of `quality_thresholds` besides its key. */
export interface ThresholdColumns {
  max_ahead_s: number;
  max_accuracy_m: number;
  min_satellites: number;
  max_speed_kmh: number;
  max_acceleration_mps2: number;
  jump_slack_m: number;
  frozen_odometer_m: number;
  duplicate_m: number;
}

export function thresholdsOf(row: ThresholdColumns): Thresholds {
  return {
    maxAheadS: row.max_ahead_s,
    maxAccuracyM: row.max_accuracy_m,
    minSatellites: row.min_satellites,
    maxSpeedKmh: row.max_speed_kmh,
    maxAccelerationMps2: row.max_acceleration_mps2,
    jumpSlackM: row.jump_slack_m,
    frozenOdometerM: row.frozen_odometer_m,
    duplicateM: row.duplicate_m,
  };
}
