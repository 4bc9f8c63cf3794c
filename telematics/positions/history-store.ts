import { finished } from 'node:stream/promises';
import type { Connection } from '@wayleave/runtime/postgres.ts';
import { to as copyTo } from 'pg-copy-streams';
import { decodeRows, type RowReader } from './binary-rows.ts';
import type { PositionRow } from './position-row.ts';

/** Good positions only, or the doubtful ones too. */
export type Verdict = 'good' | 'all';

export interface DeviceRange {
  deviceId: string;
  from: Date;
  to: Date;
  limit: number;
}

const POSITION_COLUMNS = [
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
  'h3',
  'attributes',
  'distance_m',
  'doubts',
  'remarks',
] as const satisfies readonly (keyof PositionRow)[];

/** In the order of {@link POSITION_COLUMNS}; those that cannot be null are stated so. */
const positionRow = (next: RowReader): PositionRow => ({
  fix_time: next.instant()!,
  received_at: next.instant()!,
  lat: next.float8(),
  lon: next.float8(),
  speed_kmh: next.float4(),
  heading_deg: next.float4(),
  altitude_m: next.float4(),
  accuracy_m: next.float4(),
  satellites: next.int2(),
  ignition: next.bool(),
  odometer_m: next.float8(),
  battery_v: next.float4(),
  alarm: next.text(),
  h3: next.hex(),
  attributes: next.jsonb(),
  distance_m: next.float4(),
  doubts: next.int2()!,
  remarks: next.int2()!,
});

/** A device's positions with fix times in [from, to), oldest first. */
export async function positionsOfDevice(
  connection: Connection,
  range: DeviceRange & { verdict: Verdict },
): Promise<PositionRow[]> {
  return await copyRows(connection, range, POSITION_COLUMNS, positionRow);
}

/** The part of a good position that a track needs. */
export interface TrackRow {
  fix_time: Date;
  lat: number;
  lon: number;
  speed_kmh: number | null;
}

const TRACK_COLUMNS = ['fix_time', 'lat', 'lon', 'speed_kmh'] as const satisfies readonly (keyof TrackRow)[];

const trackRow = (next: RowReader): TrackRow => ({
  fix_time: next.instant()!,
  lat: next.float8()!,
  lon: next.float8()!,
  speed_kmh: next.float4(),
});

/** As {@link positionsOfDevice}: a good position has a place. */
export async function trackOfDevice(connection: Connection, range: DeviceRange): Promise<TrackRow[]> {
  return await copyRows(connection, { ...range, verdict: 'good' }, TRACK_COLUMNS, trackRow);
}

/**
 * Plain values and no join: so the planner sees which partitions it can leave out, and the conditions
 * pass the view's security barrier (their operators are leakproof) down to the index on
 * (device_id, fix_time). The order does not: all of the range is read, so callers ask for short ones
 * (history-portions.ts). COPY knows no parameters; what is put into its text is made of digits here.
 */
async function copyRows<Row>(
  connection: Connection,
  { deviceId, from, to, limit, verdict }: DeviceRange & { verdict: Verdict },
  columns: readonly string[],
  row: (next: RowReader) => Row,
): Promise<Row[]> {
  const stream = connection.query(
    copyTo(
      `COPY (SELECT ${columns.join(', ')} FROM operator_positions
         WHERE device_id = ${BigInt(deviceId)} AND fix_time >= '${from.toISOString()}' AND fix_time < '${to.toISOString()}'
           ${verdict === 'good' ? 'AND doubts = 0' : ''}
         ORDER BY fix_time LIMIT ${Math.floor(limit)}) TO STDOUT (FORMAT binary)`,
    ),
  );
  const chunks: Buffer[] = [];
  // A row is a chunk here: a listener costs less than a turn of `for await` for each.
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await finished(stream);
  return decodeRows(Buffer.concat(chunks), columns.length, row);
}
