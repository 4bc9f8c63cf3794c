import { z } from 'zod';

/**
 * A fix with what the tracker reported beside it, in canonical units. Adapters convert into
 * this and nothing after them knows a tracker's format. Absent values are null.
 */
export interface Position {
  /** When the receiver computed the fix, epoch milliseconds. */
  fixTimeMs: number;
  /** When the broker had the message, epoch milliseconds. */
  receivedAtMs: number;
  /** Degrees, WGS 84, -90 to 90. */
  lat: number;
  /** Degrees, WGS 84, -180 to 180. */
  lon: number;
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
  /** What the tracker raised with this fix, e.g. `powerCut`. */
  alarm: string | null;
  /** What the format carries beyond these, under the tracker's own keys. */
  attributes: Record<string, unknown> | null;
}

/** A position as the HTTP API shows it. */
export const positionView = z
  .object({
    fixTime: z.iso.datetime().describe('When the receiver computed the fix'),
    receivedAt: z.iso.datetime().describe('When the broker had the message'),
    lat: z.number().describe('Degrees, WGS 84'),
    lon: z.number().describe('Degrees, WGS 84'),
    speedKmh: z.number().nullable(),
    headingDeg: z.number().nullable().describe('Degrees clockwise from true north'),
    altitudeM: z.number().nullable().describe('Metres above sea level'),
    accuracyM: z.number().nullable().describe('Metres'),
    satellites: z.number().int().nullable(),
    ignition: z.boolean().nullable(),
    odometerM: z.number().nullable().describe('As reported, metres'),
    batteryV: z.number().nullable(),
    alarm: z.string().nullable(),
    h3: z.string().describe('H3 cell of the fix at resolution 9'),
    attributes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Position' });

export type PositionView = z.infer<typeof positionView>;
