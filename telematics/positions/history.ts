import type { Connection } from '@wayleave/runtime/postgres.ts';
import { devicesDuring } from '../vehicles/installation-service.ts';
import { getVehicle } from '../vehicles/service.ts';
import type { VehicleView } from '../vehicles/vehicle.ts';
import { emptyTimeRange } from './errors.ts';
import { segmentsOf } from './history-segments.ts';
import { positionsOfDevice } from './history-store.ts';
import type { PositionView } from './position.ts';
import { positionViewOf } from './position-row.ts';

/** Positions in one page of a history. */
export const MAX_HISTORY_PAGE = 5_000;

export interface HistoryPage {
  vehicle: VehicleView;
  /** Oldest first. */
  items: PositionView[];
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
  query: { vehicleId: string; fromMs: number; toMs: number; limit: number },
): Promise<HistoryPage> {
  const { vehicleId, fromMs, toMs } = query;
  const limit = Math.min(query.limit, MAX_HISTORY_PAGE);
  if (fromMs >= toMs) throw emptyTimeRange();
  const vehicle = await getVehicle(connection, vehicleId);
  const devices = await devicesDuring(connection, vehicleId, new Date(fromMs), new Date(toMs));
  const items: PositionView[] = [];
  for (const segment of segmentsOf(devices, { fromMs, toMs })) {
    const rows = await positionsOfDevice(connection, {
      deviceId: segment.deviceId,
      from: new Date(segment.fromMs),
      to: new Date(segment.toMs),
      // One more than fits tells whether there is a next page.
      limit: limit + 1 - items.length,
    });
    items.push(...rows.map(positionViewOf));
    if (items.length > limit) {
      items.length = limit;
      return { vehicle, items, nextFromMs: Date.parse(items[limit - 1]!.fixTime) + 1 };
    }
  }
  return { vehicle, items, nextFromMs: null };
}
