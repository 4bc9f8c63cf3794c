import type { FirstGoodFix, FirstReading, MileagePart } from './mileage-parts.ts';
import type { PartRow } from './mileage-sql.ts';

export function mileagePartOf(row: PartRow): MileagePart {
  return {
    startMs: row.part.getTime(),
    positions: row.positions,
    distanceM: row.distance_m,
    drivenM: row.driven_m,
    odometerM: row.steps_m,
    isAnotherScale: row.is_another_scale,
    unseenS: row.unseen_s,
  };
}

/** The first good fix of parts that are in order. */
export function firstGoodFixOf(rows: readonly PartRow[]): FirstGoodFix | null {
  const row = rows.find(({ first_fix }) => first_fix !== null);
  if (!row) return null;
  return {
    partMs: row.part.getTime(),
    atMs: row.first_fix!.getTime(),
    distanceM: row.first_distance_m,
    drivenM: row.first_driven_m ?? 0,
  };
}

/** The first reading of the odometer in parts that are in order. */
export function firstReadingOf(rows: readonly PartRow[]): FirstReading | null {
  const row = rows.find(({ first_reading }) => first_reading !== null);
  if (!row) return null;
  return {
    partMs: row.part.getTime(),
    atMs: row.first_reading!.getTime(),
    odometerM: row.first_odometer_m!,
    isAnotherScale: row.first_is_another_scale === true,
  };
}
