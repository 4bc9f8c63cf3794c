import { z } from 'zod';

const metres = z.number().min(0);
const seconds = z.number().int().min(0);
const count = z.number().int().min(0);

/** The figures of one vehicle and local day. */
export const dailyFigures = z
  .object({
    positions: count.describe('Good positions'),
    firstFixAt: z.iso.datetime().nullable(),
    lastFixAt: z.iso.datetime().nullable(),
    distanceM: metres.describe('Between good fixes'),
    odometerM: metres.nullable().describe('What the odometer ran; null if it does not say'),
    bestM: metres.describe('The best of both, hour by hour'),
    bestSource: z.enum(['odometer', 'distance']),
    drivingS: seconds.describe('On trips, without standing and without what was not seen'),
    idleS: seconds.describe('Standing with the ignition on'),
    trips: count.describe('That began on the day, without towing'),
    towedTrips: count.describe('That began on the day, with the ignition off throughout'),
    stops: count.describe('That began on the day'),
    nightS: seconds.describe('Of trips, at night'),
    nightDistanceM: metres.describe('Driven at night'),
    maxSpeedKmh: z.number().min(0).nullable(),
    harsh: z.object({ acceleration: count, braking: count, cornering: count }),
    overspeeds: count.describe('Episodes that began on the day'),
    overspeedS: seconds,
    territoryExits: count,
    forbiddenEntries: count,
    tamperEvents: count.describe('Power cut, unplugging, tampering, jamming, antenna cut'),
    tows: count,
    silenceS: seconds,
    parkedOvernightH3: z
      .string()
      .nullable()
      .describe('H3 cell, resolution 8, in which it stood three hours after midnight'),
    isComplete: z
      .boolean()
      .describe('The tracker has told of later than the day, and no trip of it is still under way'),
  })
  .meta({ id: 'DailyFigures' });
export type DailyFigures = z.infer<typeof dailyFigures>;

/** A vehicle's day as the HTTP API shows it. */
export const daySummaryView = z
  .object({
    day: z.iso.date().describe('In the operator’s time zone'),
    isFinal: z.boolean().describe('`false`: computed for this answer, not stored'),
    version: z
      .number()
      .int()
      .describe('0 if it is not stored; a further one when late fixes changed a figure'),
    computedAt: z.iso.datetime(),
    timeZone: z.string(),
    figures: dailyFigures,
  })
  .meta({ id: 'DailySummary' });
export type DaySummaryView = z.infer<typeof daySummaryView>;
