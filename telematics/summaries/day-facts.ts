import type { Connection } from '@wayleave/runtime/postgres.ts';
import { eventsDuring } from '../events/day-events.ts';
import { mileageOfSegments, type SegmentMileage } from '../positions/fleet-mileage.ts';
import type { PositionSource } from '../positions/fleet-mileage-store.ts';
import { tripsOfVehicles } from '../trips/service.ts';
import { devicesOfVehicles } from '../vehicles/fleet-installations.ts';
import { type DayPositions, figuresOfDay } from './figures.ts';
import type { LocalDay } from './local-day.ts';
import { newestFixes } from './newest-store.ts';
import type { DailyFigures } from './summary.ts';

/**
 * The figures of many vehicles of one operator on one day, in a handful of statements whatever their number; of
 * a vehicle that was never heard of they are all zero.
 * @param asOfMs what lasts is counted up to then, epoch milliseconds
 */
export async function figuresOfVehicles(
  connection: Connection,
  source: PositionSource,
  vehicleIds: readonly string[],
  day: LocalDay,
  asOfMs: number,
): Promise<Map<string, DailyFigures>> {
  const installed = await devicesOfVehicles(connection, vehicleIds, day);
  const segments = installed.map(({ deviceId, fromMs, toMs }) => ({
    deviceId,
    fromMs: Math.max(fromMs, day.fromMs),
    toMs: Math.min(toMs, day.toMs),
    installedMs: fromMs,
  }));
  const mileages = await mileageOfSegments(connection, source, segments, day);
  const positions = Map.groupBy(
    installed.map(({ vehicleId }, at) => ({ vehicleId, mileage: mileages[at]! })),
    ({ vehicleId }) => vehicleId,
  );
  const trips = Map.groupBy(await tripsOfVehicles(connection, vehicleIds, day), ({ vehicleId }) => vehicleId);
  const events = Map.groupBy(await eventsDuring(connection, vehicleIds, day), ({ vehicleId }) => vehicleId);
  const newest = await newestFixes(connection, vehicleIds, day);
  return new Map(
    vehicleIds.map((vehicleId) => [
      vehicleId,
      figuresOfDay({
        day,
        positions: together((positions.get(vehicleId) ?? []).map(({ mileage }) => mileage)),
        trips: trips.get(vehicleId) ?? [],
        events: events.get(vehicleId) ?? [],
        asOfMs: Math.min(asOfMs, day.toMs),
        newestFixMs: newest.get(vehicleId) ?? null,
      }),
    ]),
  );
}

/** The devices of a day, one after the other. */
function together(mileages: readonly SegmentMileage[]): DayPositions {
  const speeds = mileages.flatMap(({ maxSpeedKmh }) => maxSpeedKmh ?? []);
  return {
    parts: mileages.flatMap(({ parts }) => parts),
    firstFixMs: mileages.find(({ firstFixMs }) => firstFixMs !== null)?.firstFixMs ?? null,
    lastFixMs: mileages.findLast(({ lastFixMs }) => lastFixMs !== null)?.lastFixMs ?? null,
    maxSpeedKmh: speeds.length === 0 ? null : Math.max(...speeds),
    idleS: mileages.reduce((sum, { idleS }) => sum + idleS, 0),
  };
}
