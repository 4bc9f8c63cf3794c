import { z } from 'zod';

/**
 * Wayleave's own format, as documented to whoever writes a tracker's firmware. The hot path
 * uses the decoder beside this; a test holds the two together.
 */
export const nativePosition = z.object({
  time: z
    .union([z.iso.datetime({ offset: true }), z.number().int()])
    .describe('When the fix was computed: ISO 8601 with Z or an offset, or epoch milliseconds'),
  lat: z.number().nullable().describe('Degrees, WGS 84; null, together with lon, without a fix'),
  lon: z.number().nullable().describe('Degrees, WGS 84'),
  speedKmh: z.number().min(0).max(1_000).nullish(),
  headingDeg: z.number().min(0).max(360).nullish().describe('Clockwise from true north'),
  altitudeM: z.number().min(-1_000).max(100_000).nullish().describe('Above sea level'),
  accuracyM: z.number().min(0).max(1_000_000).nullish(),
  satellites: z.number().int().min(0).max(255).nullish(),
  ignition: z.boolean().nullish(),
  odometerM: z.number().min(0).max(1e10).nullish(),
  batteryV: z.number().min(0).max(1_000).nullish().describe("Of the vehicle's battery"),
  alarm: z.string().min(1).max(64).nullish(),
  attributes: z.record(z.string(), z.unknown()).nullish().describe('At most 8 KiB of JSON'),
});

export const nativeMessage = z.union([nativePosition, z.array(nativePosition).max(1_000)]);
