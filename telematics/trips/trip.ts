import { z } from 'zod';
import type { Json } from '../rules/json.ts';
import type { TripRow } from './trip-row.ts';

export const tripKind = z.enum(['trip', 'stop']);
export type TripKind = z.infer<typeof tripKind>;

/** Made by the rule `trips`, and valid JSON by being stored: it is not looked through again. */
const storedJson = z.unknown() as z.ZodType<Json>;

const place = z.object({ lat: z.number(), lon: z.number() });

/** A trip, or a stop between two, as the HTTP API shows it. */
export const tripView = z
  .object({
    id: z.string(),
    kind: tripKind,
    deviceId: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable().describe('Null while it lasts'),
    confirmedAt: z.iso.datetime().describe('Time of the fix that made it certain'),
    start: place,
    end: place.nullable().describe('Null while it lasts'),
    details: z
      .record(z.string(), storedJson)
      .describe(
        'Of a trip `distanceM`, `odometerM`, `durationS`, `drivingS`, `idleS`, `maxSpeedKmh` with `maxSpeedAt`, ' +
          '`meanSpeedKmh`, `nightS`, `nightDistanceM`, `fixCount`, `startOdometerM` and `endOdometerM`, `towed` (the ' +
          'ignition was off) and `gap` (what was not seen of it); of a stop `durationS` and `ignitionOnS`. While it ' +
          'lasts, as of when it became certain.',
      ),
  })
  .meta({ id: 'Trip' });
export type TripView = z.infer<typeof tripView>;

export function tripViewOf(row: TripRow): TripView {
  const { end = null, ...details } = row.details;
  return {
    id: row.id,
    kind: row.kind,
    deviceId: row.device_id,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    confirmedAt: row.confirmed_at.toISOString(),
    start: { lat: row.start_lat, lon: row.start_lon },
    end: place.nullable().parse(end),
    details,
  };
}
