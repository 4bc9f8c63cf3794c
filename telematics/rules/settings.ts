import { z } from 'zod';
import { eventHandling } from './event-kinds.ts';

const enabled = z.boolean().default(true);
const seconds = (least: number, most: number, usual: number) =>
  z.number().int().min(least).max(most).default(usual);
const metres = (least: number, most: number, usual: number) => z.number().min(least).max(most).default(usual);

/** An operator's settings of all rules, versioned as one document. Every field has a default. */
export const ruleSettings = z
  .strictObject({
    timeZone: z.string().max(64).default('UTC').describe('IANA name: of days, nights and reports'),
    night: z
      .strictObject({
        fromHour: z.number().int().min(0).max(23).default(22),
        toHour: z.number().int().min(0).max(23).default(5),
      })
      .prefault({})
      .describe('Local hours; `toHour` is the first that is day again'),
    geofence: z
      .strictObject({
        enabled,
        confirmFixes: z.number().int().min(1).max(20).default(2).describe('So many fixes that agree, or'),
        confirmS: seconds(0, 3_600, 60).describe('agreeing for so long, make a change certain'),
        maxAccuracyM: metres(0, 1_000, 100).describe(
          'A fix nearer to the boundary than its accuracy, up to this, changes nothing',
        ),
        crossing: z.boolean().default(true),
        crossingMaxGapS: seconds(1, 3_600, 600).describe('Between two fixes, for their segment to count'),
      })
      .prefault({}),
    overspeed: z
      .strictObject({
        enabled,
        toleranceKmh: z.number().min(0).max(50).default(5),
        minDurationS: seconds(0, 600, 10),
        recoveryMarginKmh: z
          .number()
          .min(0)
          .max(50)
          .default(3)
          .describe('Below limit plus tolerance, for it to end'),
        maxGapS: seconds(1, 3_600, 120).describe('A longer gap between fixes ends it at the last one'),
      })
      .prefault({}),
    trips: z
      .strictObject({
        minTripM: metres(20, 5_000, 200).describe('Away from where it stood, for a trip to be one'),
        minStopS: seconds(30, 3_600, 180).describe('Within `stopRadiusM`, for a stop to be one'),
        stopRadiusM: metres(10, 1_000, 100),
        minSpeedKmh: z.number().min(0).max(30).default(4).describe('Slower is standing'),
        maxGapS: seconds(60, 86_400, 3_600).describe('A longer gap ends a trip'),
      })
      .prefault({}),
    harshDriving: z
      .strictObject({
        enabled,
        accelerationMps2: z.number().min(0.5).max(15).default(3.5),
        brakingMps2: z.number().min(0.5).max(15).default(4.5),
        corneringMps2: z.number().min(0.5).max(15).default(4.5),
        maxIntervalS: seconds(1, 10, 3).describe('Fixes further apart say nothing of it'),
      })
      .prefault({}),
    idling: z.strictObject({ enabled, minDurationS: seconds(30, 7_200, 300) }).prefault({}),
    tow: z
      .strictObject({
        enabled,
        minDistanceM: metres(50, 5_000, 250).describe('From where the ignition went off'),
        confirmFixes: z.number().int().min(1).max(20).default(2),
      })
      .prefault({}),
    nightRelocation: z
      .strictObject({
        enabled,
        radiusM: metres(100, 20_000, 500).describe('From the learned home'),
        minNights: z.number().int().min(2).max(14).default(4).describe('Of the last 14, to learn a home'),
      })
      .prefault({}),
    odometerMismatch: z
      .strictObject({
        enabled,
        minDistanceM: metres(1_000, 1_000_000, 20_000).describe('Over which both are compared'),
        tolerancePercent: z.number().min(5).max(200).default(25),
      })
      .prefault({}),
    alarms: z
      .strictObject({
        repeatWithinS: seconds(0, 86_400, 1_800).describe('The same alarm again so soon is the same event'),
      })
      .prefault({}),
    silence: z
      .strictObject({
        enabled,
        afterS: seconds(300, 31 * 86_400, 3 * 3_600),
        sleepHeartbeatS: seconds(300, 31 * 86_400, 24 * 3_600).describe(
          'A parked vehicle may be silent for so long',
        ),
      })
      .prefault({}),
    events: z
      .record(z.string().max(64), eventHandling)
      .refine((named) => Object.keys(named).length <= 200, 'at most 200 kinds')
      .default({})
      .describe('Severity and routing by kind, or kind and variant, where they differ from the defaults'),
  })
  .meta({ id: 'RuleSettings' });
export type RuleSettings = z.infer<typeof ruleSettings>;

export const defaultRuleSettings: RuleSettings = ruleSettings.parse({});
