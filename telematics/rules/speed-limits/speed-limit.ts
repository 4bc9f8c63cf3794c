import { z } from 'zod';
import { plainText, rowId } from '../../identifiers.ts';
import { vehicleKind } from '../../vehicles/vehicle.ts';

/** Limits of an operator that hold at a time; the list is not paged. */
export const MAX_SPEED_LIMITS = 10_000;

const limitKmh = z.number().positive().max(400);
const lease = plainText(100).describe('What the lease is known by to whoever sets the limit');

/**
 * A limit beside those of geofences, as a person sets it: for all vehicles of a kind, for one vehicle,
 * or for one vehicle under one lease. The lowest that applies counts.
 */
export const newSpeedLimit = z
  .discriminatedUnion('scope', [
    z.strictObject({ scope: z.literal('kind'), kind: vehicleKind, limitKmh }),
    z.strictObject({ scope: z.literal('vehicle'), vehicleId: rowId, limitKmh }),
    z.strictObject({ scope: z.literal('lease'), vehicleId: rowId, lease, limitKmh }),
  ])
  .meta({ id: 'NewSpeedLimit' });
export type NewSpeedLimit = z.infer<typeof newSpeedLimit>;

/** A limit that holds, as the HTTP API shows it. */
export const speedLimitView = z
  .object({
    id: z.string(),
    scope: z.enum(['kind', 'vehicle', 'lease']),
    kind: vehicleKind.nullable(),
    vehicleId: z.string().nullable(),
    lease: z.string().nullable(),
    limitKmh: z.number(),
    validFrom: z.iso.datetime().describe('Fix time from which on it holds'),
  })
  .meta({ id: 'SpeedLimit' });
export type SpeedLimitView = z.infer<typeof speedLimitView>;
