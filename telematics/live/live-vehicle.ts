import { z } from 'zod';
import { vehicleKind } from '../vehicles/vehicle.ts';

/** A vehicle on the live map. */
export const liveVehicle = z
  .object({
    vehicleId: z.string(),
    label: z.string(),
    kind: vehicleKind,
    plate: z.string().nullable(),
    deviceId: z.string(),
    fixTime: z.iso.datetime(),
    receivedAt: z.iso.datetime(),
    lat: z.number(),
    lon: z.number(),
    speedKmh: z.number().nullable(),
    headingDeg: z.number().nullable(),
    ignition: z.boolean().nullable(),
    alarm: z.string().nullable(),
  })
  .meta({ id: 'LiveVehicle' });
export type LiveVehicle = z.infer<typeof liveVehicle>;
