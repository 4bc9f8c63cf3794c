import type { VehicleState } from '../live/classify.ts';
import type { FleetVehicle } from '../live/fleet.ts';

const searchable = ({ label, plate, ident }: FleetVehicle) =>
  `${label} ${plate ?? ''} ${ident ?? ''}`.toLowerCase();

/**
 * What the list shows: every word of `query` somewhere in label, plate or ident, the wanted states only
 * (none wanted: all), alarms first and otherwise the given order, so that rows do not jump as vehicles move.
 */
export function listed(
  ordered: readonly FleetVehicle[],
  query: string,
  wanted: ReadonlySet<VehicleState>,
): FleetVehicle[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const alarms: FleetVehicle[] = [];
  const others: FleetVehicle[] = [];
  for (const vehicle of ordered) {
    if (wanted.size > 0 && !wanted.has(vehicle.state)) continue;
    if (words.length > 0) {
      const text = searchable(vehicle);
      if (!words.every((word) => text.includes(word))) continue;
    }
    (vehicle.state === 'alarm' ? alarms : others).push(vehicle);
  }
  return alarms.concat(others);
}

/** The rows of a list to make, [start, end), for a scroll offset in pixels. */
export function windowOf(
  scrollTop: number,
  height: number,
  rowHeight: number,
  rows: number,
): [number, number] {
  const overscan = 6;
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
  return [Math.min(start, rows), Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + overscan)];
}
