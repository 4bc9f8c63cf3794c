import { z } from 'zod';
import { doubtNames } from './quality/doubts.ts';
import { remarkNames } from './quality/remarks.ts';

/**
 * A fix with what the tracker reported beside it, in canonical units. Adapters convert into
 * this and nothing after them knows a tracker's format. Absent values are null.
 */
export interface Position {
  /** When the receiver computed the fix, whole epoch milliseconds within what a Date can hold. */
  fixTimeMs: number;
  /** When the broker had the message, epoch milliseconds. */
  receivedAtMs: number;
  /** Degrees, WGS 84, as the device says: any finite number, or null, together with `lon`, without a fix. */
  lat: number | null;
  lon: number | null;
  speedKmh: number | null;
  /** Degrees clockwise from true north, 0 to 360. */
  headingDeg: number | null;
  /** Metres above sea level. */
  altitudeM: number | null;
  /** Radius in metres within which the device believes the fix to be. */
  accuracyM: number | null;
  satellites: number | null;
  ignition: boolean | null;
  /** As reported by the device or vehicle, metres. */
  odometerM: number | null;
  /** Of the vehicle's battery, volts. */
  batteryV: number | null;
  /** What the tracker raised with this fix (alarms.ts), several as a sorted list with commas. */
  alarm: string | null;
  /** What the format carries beyond these, under the tracker's own keys. */
  attributes: Record<string, unknown> | null;
  /** Bits of quality/doubts.ts that the device or its clock gave away; an adapter sets `noFix` alone. */
  doubts: number;
  /** Bits of quality/remarks.ts about its time; 0 from an adapter. */
  remarks: number;
}

/** A position as the HTTP API shows it. */
export const positionView = z
  .object({
    fixTime: z.iso.datetime().describe('When the receiver computed the fix'),
    receivedAt: z.iso.datetime().describe('When the broker had the message'),
    lat: z.number().nullable().describe('Degrees, WGS 84; null without a fix'),
    lon: z.number().nullable().describe('Degrees, WGS 84; null without a fix'),
    speedKmh: z.number().nullable(),
    headingDeg: z.number().nullable().describe('Degrees clockwise from true north'),
    altitudeM: z.number().nullable().describe('Metres above sea level'),
    accuracyM: z.number().nullable().describe('Metres'),
    satellites: z.number().int().nullable(),
    ignition: z.boolean().nullable(),
    odometerM: z.number().nullable().describe('As reported, metres'),
    batteryV: z.number().nullable(),
    alarm: z.string().nullable(),
    h3: z.string().nullable().describe('H3 cell of the fix at resolution 9'),
    verdict: z.enum(['good', 'doubtful']),
    doubts: z.array(z.enum(doubtNames)).describe('What speaks against the fix; empty for a good one'),
    remarks: z.array(z.enum(remarkNames)).describe('What is worth knowing about it'),
    distanceM: z
      .number()
      .nullable()
      .describe('From the good fix before it, metres; null if doubtful or the first'),
    attributes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Position' });

export type PositionView = z.infer<typeof positionView>;
