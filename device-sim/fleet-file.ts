import { readFile } from 'node:fs/promises';
import { vehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';
import { z } from 'zod';
import { formatNames, formats } from './formats/formats.ts';
import { HFP_IDENT } from './formats/hsl-hfp.ts';

/** Who logs in: a tracker, or a gateway. */
const account = z.object({
  ident: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^/+#\s]+$/, 'an ident is one level of a topic'),
  secret: z.string().min(1),
});

export type Account = z.infer<typeof account>;

/**
 * A tracker that the simulator plays: what it calls itself, its secret, what it is built into, the
 * format that it speaks, and, for the formats of gateways, the account that brings its messages.
 */
const simulatedDevice = account
  .extend({
    kind: vehicleKind.default('car'),
    format: z.enum(formatNames).default('native-json'),
    gateway: account.optional(),
  })
  .refine(
    ({ format, gateway }) => formats[format].needsGateway === (gateway !== undefined),
    'a gateway is for the formats of gateways, and they need one',
  )
  .refine(
    ({ format, ident }) => format !== 'hsl-hfp' || HFP_IDENT.test(ident),
    'an ident of HFP is four digits, a dash and five digits',
  );

/** The fleet file: `[{"ident": "350000000000001", "secret": "…", "kind": "motorcycle", "format": "owntracks"}, …]`. */
export const fleetFile = z
  .array(simulatedDevice)
  .min(1)
  .refine(
    (devices) => new Set(devices.map(({ ident }) => ident)).size === devices.length,
    'an ident occurs twice',
  )
  .refine((devices) => {
    const gateways = devices.flatMap(({ gateway }) => gateway ?? []);
    const secrets = new Map(gateways.map(({ ident, secret }) => [ident, secret]));
    return gateways.every(({ ident, secret }) => secrets.get(ident) === secret);
  }, 'a gateway has two secrets');

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
