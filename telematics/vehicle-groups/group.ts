import { z } from 'zod';
import { plainText } from '../identifiers.ts';
import { vehicleKind } from '../vehicles/vehicle.ts';

/** Groups of an operator. */
export const MAX_VEHICLE_GROUPS = 1_000;
/** Groups that one vehicle is in at a time: each is asked for when the fences of a fix are looked up. */
export const MAX_GROUPS_OF_VEHICLE = 50;

/** Vehicles for which the same geofences hold, as the HTTP API shows it. */
export const vehicleGroupView = z
  .object({
    id: z.string(),
    name: z.string(),
    vehicles: z.number().int().describe('How many are in it'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'VehicleGroup' });
export type VehicleGroupView = z.infer<typeof vehicleGroupView>;

export const vehicleGroupFields = z.strictObject({ name: plainText(100) }).meta({ id: 'VehicleGroupFields' });
export type VehicleGroupFields = z.infer<typeof vehicleGroupFields>;

/** A vehicle of a group. */
export const groupMemberView = z
  .object({
    id: z.string().describe('Of the vehicle'),
    label: z.string(),
    kind: vehicleKind,
    plate: z.string().nullable(),
    since: z.iso.datetime().describe('Fix time from which on the group’s geofences hold for it'),
  })
  .meta({ id: 'GroupMember' });
export type GroupMemberView = z.infer<typeof groupMemberView>;
