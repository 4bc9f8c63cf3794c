import type { Connection } from '@wayleave/runtime/postgres.ts';
import { z } from 'zod';
import { devicesDuring } from '../vehicles/installation-service.ts';
import { findSegments, refuseTooLong, type VehicleRange } from './history.ts';
import type { DeviceSegment } from './history-segments.ts';
import { bestMileage, joinedTo, type MileagePart } from './mileage-parts.ts';
import { firstGoodFixOf, firstReadingOf, mileagePartOf } from './mileage-rows.ts';
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
    bestM: z
      .number()
      .describe(
        'How far it really drove, metres: hour by hour by the odometer where that is plausible beside the distance, ' +
          'otherwise by the distance without the wandering of a parked vehicle’s fixes',
      ),
    bestSource: z.enum(['odometer', 'distance']).describe('Where most of `bestM` comes from'),
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
  const parts: MileagePart[] = [];
  for (const segment of segments) parts.push(...(await partsOf(connection, query, segment)));
  const { bestM, bestSource } = bestMileage(parts);
  const distanceM = sumOf(parts, ({ distanceM: metres }) => metres);
  const odometerM = parts.some((part) => part.odometerM !== null)
    ? sumOf(parts, (part) => part.odometerM ?? 0)
    : null;
  return {
    from: new Date(query.fromMs).toISOString(),
    to: new Date(query.toMs).toISOString(),
    distanceM: toDecimetres(Math.max(0, distanceM)),
    odometerM: odometerM === null ? null : toDecimetres(odometerM),
    bestM: toDecimetres(Math.max(0, bestM)),
    bestSource,
    positions: sumOf(parts, (part) => part.positions),
  };
}

/** The parts of a segment, joined to what came before it in the same installation. */
async function partsOf(
  connection: Connection,
  query: VehicleRange,
  segment: DeviceSegment,
): Promise<MileagePart[]> {
  const rows = await store.partsOfDevice(connection, rangeOf(segment));
  const fix = firstGoodFixOf(rows);
  const reading = firstReadingOf(rows);
  const installedMs = await installedSince(connection, query, segment);
  const lastGood = fix ? await precedes(connection, segment, installedMs, store.lastGoodFix) : null;
  const odometerM = reading ? await precedes(connection, segment, installedMs, store.lastReading) : null;
  const before = { goodFixMs: lastGood?.getTime() ?? null, odometerM };
  return joinedTo(before, rows.map(mileagePartOf), fix, reading);
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

const sumOf = (parts: readonly MileagePart[], figure: (part: MileagePart) => number): number =>
  parts.reduce((sum, part) => sum + figure(part), 0);

const toDecimetres = (metres: number): number => Math.round(metres * 10) / 10;
