import type { Connection } from '@wayleave/runtime/postgres.ts';
import { z } from 'zod';
import { devicesDuring } from '../vehicles/installation-service.ts';
import { findSegments, refuseTooLong, type VehicleRange } from './history.ts';
import type { DeviceSegment } from './history-segments.ts';
import * as store from './mileage-store.ts';

/** What came before a range is looked for so far back at first, and twice as far each time nothing is found. */
const NEAR_MS = 3_600_000;

export const mileageView = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    distanceM: z.number().describe('Between good fixes, metres; a leg counts where it ends'),
    odometerM: z
      .number()
      .nullable()
      .describe('What the odometer ran, metres, as reported; null without two readings'),
    positions: z.number().int().describe('Good positions in the range'),
  })
  .meta({ id: 'Mileage' });
export type MileageView = z.infer<typeof mileageView>;

/**
 * How far a vehicle drove within [fromMs, toMs). A leg, and a step of the odometer, counts at its end,
 * so that the mileages of days add up to that of the month; one that leads from another vehicle or
 * another device does not count.
 * @throws `vehicle_not_found`, `empty_time_range`, `range_too_long`
 */
export async function vehicleMileage(connection: Connection, query: VehicleRange): Promise<MileageView> {
  refuseTooLong(query);
  const segments = await findSegments(connection, query);
  let distanceM = 0;
  let odometerM: number | null = null;
  let positions = 0;
  for (const segment of segments) {
    const installedMs = await installedSince(connection, query, segment);
    const driven = await store.distanceOfDevice(connection, rangeOf(segment));
    positions += driven.positions;
    distanceM += driven.distance_m ?? 0;
    // The first good fix of an installation is a leg from wherever the device was before it.
    const isFirst =
      driven.first_distance_m !== null &&
      (await precedes(connection, segment, installedMs, store.lastGoodFix)) === null;
    if (isFirst) distanceM -= driven.first_distance_m ?? 0;
    const odometer = await odometerOf(connection, segment, installedMs);
    if (odometer !== null) odometerM = (odometerM ?? 0) + odometer;
  }
  return {
    from: new Date(query.fromMs).toISOString(),
    to: new Date(query.toMs).toISOString(),
    distanceM: toDecimetres(Math.max(0, distanceM)),
    odometerM: odometerM === null ? null : toDecimetres(odometerM),
    positions,
  };
}

/** When the segment's installation began, which may be long before the range. */
async function installedSince(
  connection: Connection,
  { vehicleId }: VehicleRange,
  { fromMs }: DeviceSegment,
): Promise<number> {
  const [installation] = await devicesDuring(connection, vehicleId, new Date(fromMs), new Date(fromMs + 1));
  return installation?.fromMs ?? fromMs;
}

async function odometerOf(
  connection: Connection,
  segment: DeviceSegment,
  installedMs: number,
): Promise<number | null> {
  const { steps_m, first_m, first_remarks } = await store.odometerOfDevice(connection, rangeOf(segment));
  if (first_m === null) return null;
  const previousM = await precedes(connection, segment, installedMs, store.lastReading);
  if (previousM === null || ((first_remarks ?? 0) & store.ANOTHER_SCALE) !== 0) return steps_m;
  return (steps_m ?? 0) + Math.max(0, first_m - previousM);
}

/**
 * What `look` finds in the installation before the segment, the nearest. In spans that grow: the
 * database reads all of a span to find its last row (history-portions.ts).
 */
async function precedes<Found>(
  connection: Connection,
  { deviceId, fromMs }: DeviceSegment,
  installedMs: number,
  look: (connection: Connection, range: store.MileageRange) => Promise<Found | null>,
): Promise<Found | null> {
  let endMs = fromMs;
  for (let spanMs = NEAR_MS; endMs > installedMs; spanMs *= 2) {
    const startMs = Math.max(installedMs, endMs - spanMs);
    const found = await look(connection, { deviceId, from: new Date(startMs), to: new Date(endMs) });
    if (found !== null) return found;
    endMs = startMs;
  }
  return null;
}

const rangeOf = ({ deviceId, fromMs, toMs }: DeviceSegment): store.MileageRange => ({
  deviceId,
  from: new Date(fromMs),
  to: new Date(toMs),
});

const toDecimetres = (metres: number): number => Math.round(metres * 10) / 10;
