import { readFile } from 'node:fs/promises';
import { vehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { z } from 'zod';

/** A tracker that the simulator plays: what it calls itself, its secret, what it is built into. */
export const simulatedDevice = z.object({
  ident: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^/+#\s]+$/, 'an ident is one level of a topic'),
  secret: z.string().min(1),
  kind: vehicleKind.default('car'),
});

/** The fleet file: `[{"ident": "350000000000001", "secret": "…", "kind": "motorcycle"}, …]`. */
export const fleetFile = z
  .array(simulatedDevice)
  .min(1)
  .refine(
    (devices) => new Set(devices.map(({ ident }) => ident)).size === devices.length,
    'an ident occurs twice',
  );

export type SimulatedDevice = z.infer<typeof simulatedDevice>;

/**
 * @throws {Error} naming the file and what is wrong in it, without its secrets
 */
export async function readFleetFile(file: string): Promise<SimulatedDevice[]> {
  const text = await readFile(file, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message would quote the file.
    throw new Error(`${file} is not JSON`);
  }
  const parsed = fleetFile.safeParse(json);
  if (!parsed.success) throw new Error(`${file} is not a fleet file:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
