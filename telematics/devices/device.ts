import { z } from 'zod';
import { plainText } from '../identifiers.ts';

/** A device as the HTTP API shows it. */
export const deviceView = z
  .object({
    id: z.string(),
    ident: z.string().describe('What the tracker calls itself, usually its IMEI'),
    model: z.string().nullable(),
    status: z.enum(['active', 'revoked']),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso
      .datetime()
      .nullable()
      .describe('When its last message came, whether its fix was good or not'),
    vehicle: z.object({ id: z.string(), label: z.string() }).nullable().describe('Where it is installed now'),
  })
  .meta({ id: 'Device' });
export type DeviceView = z.infer<typeof deviceView>;

export const newIdent = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, '1 to 64 letters, digits, dots, dashes, colons');

export const newDevice = z
  .strictObject({
    ident: newIdent,
    model: plainText(100).nullish(),
  })
  .meta({ id: 'NewDevice' });
export type NewDevice = z.infer<typeof newDevice>;
