import type { Connection } from '@wayleave/runtime/postgres.ts';
import { devicesDuring } from '../vehicles/installation-service.ts';
import { getVehicle } from '../vehicles/service.ts';
import { emptyTimeRange, rangeTooLong } from './errors.ts';
import { portionsOf } from './history-portions.ts';
import { type DeviceSegment, segmentsOf } from './history-segments.ts';
import { positionsOfDevice, type Verdict } from './history-store.ts';
import { positionViewOf } from './position-row.ts';

/** Positions in one page of a history. */
export const MAX_HISTORY_PAGE = 5_000;
/** Bytes of JSON after which a page ends: attributes make a position up to 9 KiB long. */
export const MAX_HISTORY_PAGE_BYTES = 4 * 1_024 * 1_024;
/** Positions read at once for a page, with the longest attributes some 9 MiB: the usual thousand and one more. */
const POSITIONS_PER_PORTION = 1_001;

/** What is computed from all positions of a range covers so much at the most. */
export const MAX_COMPUTED_DAYS = 400;
const DAY_MS = 86_400_000;

/** Of which vehicle, and when: fix times within [fromMs, toMs), epoch milliseconds. */
export interface VehicleRange {
  vehicleId: string;
  fromMs: number;
  toMs: number;
}

export interface HistoryPage {
  /** Oldest first, each a position (`PositionView`) as JSON: written once, to be measured and to be sent. */
  items: string[];
  /** Where the next page starts, epoch milliseconds; null on the last one. */
  nextFromMs: number | null;
}

/**
 * One page of where a vehicle was within [fromMs, toMs), by fix time and across the devices that
 * were installed in it. Within a vehicle a fix time is unique, so the key of the next page is the
 * millisecond after the last one shown.
 * @throws `vehicle_not_found`, `empty_time_range`
 */
export async function historyPage(
  connection: Connection,
  query: VehicleRange & { limit: number; verdict: Verdict },
): Promise<HistoryPage> {
  const limit = Math.min(query.limit, MAX_HISTORY_PAGE);
  const segments = await findSegments(connection, query);
  const items: string[] = [];
  const portions = portionsOf(
    async (work) => await work(connection),
    segments,
    async (_connection, range) => await positionsOfDevice(connection, { ...range, verdict: query.verdict }),
    // One more than fits tells whether there is a next page.
    { portionRows: Math.min(limit + 1, POSITIONS_PER_PORTION), limit: limit + 1 },
  );
  let bytes = 0;
  let nextFromMs = query.fromMs;
  for await (const { rows } of portions) {
    for (const row of rows) {
      const item = JSON.stringify(positionViewOf(row));
      bytes += Buffer.byteLength(item);
      // The first one always fits, so that every page leads on.
      const isFull = items.length === limit || bytes > MAX_HISTORY_PAGE_BYTES;
      if (isFull && items.length > 0) return { items, nextFromMs };
      items.push(item);
      nextFromMs = row.fix_time.getTime() + 1;
    }
  }
  return { items, nextFromMs: null };
}

/**
 * What of which device is to be read for a vehicle.
 * @throws `vehicle_not_found`, `empty_time_range`
 */
export async function findSegments(
  connection: Connection,
  { vehicleId, fromMs, toMs }: VehicleRange,
): Promise<DeviceSegment[]> {
  if (fromMs >= toMs) throw emptyTimeRange();
  const devices = await devicesDuring(connection, vehicleId, new Date(fromMs), new Date(toMs));
  // Only a vehicle that is there has an installation: without one it remains to be seen.
  if (devices.length === 0) await getVehicle(connection, vehicleId);
  return segmentsOf(devices, { fromMs, toMs });
}

/** @throws `range_too_long` */
export function refuseTooLong({ fromMs, toMs }: VehicleRange): void {
  if (toMs - fromMs > MAX_COMPUTED_DAYS * DAY_MS) throw rangeTooLong(MAX_COMPUTED_DAYS);
}
