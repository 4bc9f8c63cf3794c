import { isoText } from './iso-text.ts';
import type { PositionView } from './position.ts';
import { doubtsOf } from './quality/doubts.ts';
import { remarksOf } from './quality/remarks.ts';

/** The columns that `positions` and `latest_positions` share, as PostgreSQL's driver gives them. */
export interface PositionRow {
  fix_time: Date;
  received_at: Date;
  lat: number | null;
  lon: number | null;
  speed_kmh: number | null;
  heading_deg: number | null;
  altitude_m: number | null;
  accuracy_m: number | null;
  satellites: number | null;
  ignition: boolean | null;
  odometer_m: number | null;
  battery_v: number | null;
  alarm: string | null;
  /** Hexadecimal. */
  h3: string | null;
  attributes: Record<string, unknown> | null;
  distance_m: number | null;
  /** Bits of quality/doubts.ts. */
  doubts: number;
  /** Bits of quality/remarks.ts. */
  remarks: number;
}

/** A select list that gives {@link PositionRow}s from the table or view that is aliased `alias`. */
export function positionColumns(alias: string): string {
  const plain = [
    'fix_time',
    'received_at',
    'lat',
    'lon',
    'speed_kmh',
    'heading_deg',
    'altitude_m',
    'accuracy_m',
    'satellites',
    'ignition',
    'odometer_m',
    'battery_v',
    'alarm',
    'attributes',
    'distance_m',
    'doubts',
    'remarks',
  ];
  return `${plain.map((column) => `${alias}.${column}`).join(', ')}, to_hex(${alias}.h3) AS h3`;
}

export function positionViewOf(row: PositionRow): PositionView {
  return {
    fixTime: isoText(row.fix_time),
    receivedAt: isoText(row.received_at),
    lat: row.lat,
    lon: row.lon,
    speedKmh: row.speed_kmh,
    headingDeg: row.heading_deg,
    altitudeM: row.altitude_m,
    accuracyM: row.accuracy_m,
    satellites: row.satellites,
    ignition: row.ignition,
    odometerM: row.odometer_m,
    batteryV: row.battery_v,
    alarm: row.alarm,
    h3: row.h3,
    verdict: row.doubts === 0 ? 'good' : 'doubtful',
    doubts: doubtsOf(row.doubts),
    remarks: remarksOf(row.remarks),
    distanceM: row.distance_m,
    attributes: row.attributes ?? {},
  };
}
