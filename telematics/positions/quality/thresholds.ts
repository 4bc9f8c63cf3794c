import { z } from 'zod';
import { type VehicleKind, vehicleKind } from '../../vehicles/vehicle.ts';

/** From when on a fix is doubtful. */
export const thresholds = z.strictObject({
  maxAheadS: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .describe('A fix later than its receipt by more is from the future'),
  maxAccuracyM: z
    .number()
    .positive()
    .max(100_000)
    .describe('A fix that believes to be further off is inaccurate'),
  minSatellites: z
    .number()
    .int()
    .min(0)
    .max(20)
    .describe('A fix of fewer satellites is doubtful, if it names them'),
  maxSpeedKmh: z.number().positive().max(1_000).describe('No vehicle of this kind drives faster'),
  maxAccelerationMps2: z.number().positive().max(100).describe('None gains speed faster'),
  jumpSlackM: z
    .number()
    .min(0)
    .max(100_000)
    .describe('So far, and the accuracy of both fixes, a fix may always be off'),
  frozenOdometerM: z
    .number()
    .positive()
    .max(100_000)
    .describe('A place that stays the same to the last bit while the odometer runs so far is frozen'),
  duplicateM: z
    .number()
    .positive()
    .max(1_000)
    .describe(
      'A fix that stays the same in everything though its own speed would have led so far is a duplicate',
    ),
});
export type Thresholds = z.infer<typeof thresholds>;

const any = {
  maxAheadS: 300,
  maxAccuracyM: 200,
  minSatellites: 3,
  jumpSlackM: 100,
  frozenOdometerM: 200,
  duplicateM: 100,
};

/** What holds for an operator that has set nothing. */
export const defaultThresholds: Readonly<Record<VehicleKind, Thresholds>> = {
  motorcycle: { ...any, maxSpeedKmh: 200, maxAccelerationMps2: 8 },
  car: { ...any, maxSpeedKmh: 250, maxAccelerationMps2: 8 },
  van: { ...any, maxSpeedKmh: 200, maxAccelerationMps2: 6 },
  truck: { ...any, maxSpeedKmh: 150, maxAccelerationMps2: 5 },
};

/** For a device that is in no vehicle: what no vehicle can do is impossible for it too. */
export const thresholdsOfNoVehicle: Thresholds = { ...any, maxSpeedKmh: 250, maxAccelerationMps2: 8 };

/** Thresholds of one kind of vehicle as the HTTP API shows them. */
export const thresholdsView = thresholds
  .extend({
    kind: vehicleKind,
    isDefault: z.boolean().describe('The operator has set nothing for this kind'),
  })
  .meta({ id: 'QualityThresholds' });
export type ThresholdsView = z.infer<typeof thresholdsView>;
