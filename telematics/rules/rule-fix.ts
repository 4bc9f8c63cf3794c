import type { PositionRow } from '../positions/position-row.ts';
import { MISDATED } from '../positions/quality/verdict.ts';
import type { StoredPosition } from '../positions/stored-position.ts';
import type { RuleFix } from './rule.ts';

/** Whether rules see the position at all: one whose time is in doubt has no place in the order. */
export function isDated({ verdict }: StoredPosition): boolean {
  return (verdict.doubts & MISDATED) === 0;
}

/** A judged position as rules see it, with numbers as `real` columns give them back. */
export function ruleFixOf({ position, verdict }: StoredPosition): RuleFix {
  const isGood = verdict.doubts === 0;
  return {
    fixTimeMs: position.fixTimeMs,
    lat: isGood ? position.lat : null,
    lon: isGood ? position.lon : null,
    speedKmh: isGood ? asReal(position.speedKmh) : null,
    headingDeg: isGood ? asReal(position.headingDeg) : null,
    accuracyM: isGood ? asReal(position.accuracyM) : null,
    distanceM: isGood ? verdict.distanceM : null,
    ignition: position.ignition,
    odometerM: position.odometerM,
    batteryV: asReal(position.batteryV),
    alarm: position.alarm,
    remarks: verdict.remarks,
    attributes: position.attributes,
  };
}

function asReal(value: number | null): number | null {
  return value === null ? null : Math.fround(value);
}

/** The same of a row as the history reads it. */
export function ruleFixOfRow(row: PositionRow): RuleFix {
  const isGood = row.doubts === 0;
  return {
    fixTimeMs: row.fix_time.getTime(),
    lat: isGood ? row.lat : null,
    lon: isGood ? row.lon : null,
    speedKmh: isGood ? row.speed_kmh : null,
    headingDeg: isGood ? row.heading_deg : null,
    accuracyM: isGood ? row.accuracy_m : null,
    distanceM: isGood ? row.distance_m : null,
    ignition: row.ignition,
    odometerM: row.odometer_m,
    batteryV: row.battery_v,
    alarm: row.alarm,
    remarks: row.remarks,
    attributes: row.attributes,
  };
}
