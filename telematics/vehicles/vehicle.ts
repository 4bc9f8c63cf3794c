import { z } from 'zod';
import { plainText } from '../identifiers.ts';
import { positionView } from '../positions/position.ts';

export const vehicleKind = z.enum(['motorcycle', 'car', 'van', 'truck']);
export type VehicleKind = z.infer<typeof vehicleKind>;

/** A vehicle as the HTTP API shows it. */
export const vehicleView = z
  .object({
    id: z.string(),
    label: z.string(),
    kind: vehicleKind,
    plate: z.string().nullable(),
    createdAt: z.iso.datetime(),
    device: z.object({ id: z.string(), ident: z.string() }).nullable().describe('Installed now'),
    latest: positionView
      .nullable()
      .describe('Newest position of the installed device since its installation'),
  })
  .meta({ id: 'Vehicle' });
export type VehicleView = z.infer<typeof vehicleView>;

export const newVehicle = z
  .strictObject({ label: plainText(100), kind: vehicleKind, plate: plainText(20).nullish() })
  .meta({ id: 'NewVehicle' });
export type NewVehicle = z.infer<typeof newVehicle>;
