import { getVehicle } from '../vehicles/service.ts';
import { createCsvWriter } from './formats/csv.ts';
import { createGeoJsonWriter } from './formats/geojson.ts';
import { createGpxWriter } from './formats/gpx.ts';
import { createKmlWriter } from './formats/kml.ts';
import type { PositionWriter } from './formats/position-writer.ts';
import { findSegments, type VehicleRange } from './history.ts';
import { portionsOf, type Transact } from './history-portions.ts';
import type { DeviceSegment } from './history-segments.ts';
import { positionsOfDevice, trackOfDevice, type Verdict } from './history-store.ts';
import { positionViewOf } from './position-row.ts';
import { createTrackWriter, type TrackVertex } from './track-geojson.ts';
import { createSimplifier } from './track-simplifier.ts';

/** Rows held at once while a document is made; with attributes up to 9 KiB each. */
const POSITIONS_PER_PORTION = 1_000;
const TRACK_FIXES_PER_PORTION = 5_000;
/** Positions turned into text at once, typically 60 KiB of it. */
const POSITIONS_PER_CHUNK = 200;

/** The widest tolerance of a simplified track. */
export const MAX_TOLERANCE_M = 10_000;

export const textFormats = ['geojson', 'csv', 'gpx', 'kml'] as const;
export type TextFormat = (typeof textFormats)[number];

export interface ExportQuery extends VehicleRange {
  format: TextFormat;
  verdict: Verdict;
  /** Positions at the most; null for all. */
  limit: number | null;
}

/**
 * A vehicle's positions as one document, piece by piece; the first piece comes when it is known that
 * there is such a vehicle.
 * @throws `vehicle_not_found`, `empty_time_range`
 */
export async function* exportText(transact: Transact, query: ExportQuery): AsyncGenerator<string> {
  const { vehicle, segments } = await transact(async (connection) => ({
    vehicle: await getVehicle(connection, query.vehicleId),
    segments: await findSegments(connection, query),
  }));
  const writer = writerOf(query, vehicle.label);
  yield writer.begin();
  let before: DeviceSegment | null = null;
  const portions = portionsOf(
    transact,
    segments,
    async (connection, range) => await positionsOfDevice(connection, { ...range, verdict: query.verdict }),
    { portionRows: POSITIONS_PER_PORTION, limit: query.limit ?? Number.POSITIVE_INFINITY },
  );
  for await (const { segment, rows } of portions) {
    for (let at = 0; at < rows.length; at += POSITIONS_PER_CHUNK) {
      const positions = rows.slice(at, at + POSITIONS_PER_CHUNK).map(positionViewOf);
      yield writer.write(positions, before !== null && before !== segment);
      before = segment;
    }
  }
  yield writer.end();
}

function writerOf({ format, verdict }: ExportQuery, label: string): PositionWriter {
  switch (format) {
    case 'csv':
      return createCsvWriter({ withVerdicts: verdict === 'all' });
    case 'geojson':
      return createGeoJsonWriter();
    case 'gpx':
      return createGpxWriter(label);
    case 'kml':
      return createKmlWriter(label);
  }
}

export interface TrackQuery extends VehicleRange {
  /** 0 to {@link MAX_TOLERANCE_M}. */
  toleranceM: number;
}

/**
 * A vehicle's good fixes thinned out to a line (track-simplifier.ts says how truly) as GeoJSON, piece
 * by piece: what is settled of each portion of fixes, so that a map draws the start of a month while
 * its end is still to be read.
 * @throws `vehicle_not_found`, `empty_time_range`
 */
export async function* trackText(transact: Transact, query: TrackQuery): AsyncGenerator<string> {
  const segments = await transact(async (connection) => await findSegments(connection, query));
  const writer = createTrackWriter();
  const simplifier = createSimplifier<TrackVertex>(query.toleranceM);
  yield writer.begin();
  for (const segment of segments) {
    const portions = portionsOf(transact, [segment], trackOfDevice, { portionRows: TRACK_FIXES_PER_PORTION });
    for await (const { rows } of portions) {
      const settled: TrackVertex[] = [];
      for (const { fix_time, lat, lon, speed_kmh } of rows) {
        const vertex = simplifier.push({ fixTimeMs: fix_time.getTime(), lat, lon, speedKmh: speed_kmh });
        if (vertex !== null) settled.push(vertex);
      }
      yield writer.write(segment.deviceId, settled);
    }
    const last = simplifier.end();
    yield writer.write(segment.deviceId, last === null ? [] : [last]) + writer.endLine();
  }
  yield writer.end();
}
