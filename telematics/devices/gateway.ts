import { z } from 'zod';
import { plainText, rowId } from '../identifiers.ts';
import { newIdent } from './device.ts';

/** Device ids in one request; more come in several. */
const MAX_DEVICES_PER_REQUEST = 1_000;

export const speaksFor = z
  .enum(['listed', 'all'])
  .describe(
    'Whose messages it may bring: of the devices on its list, or of all of the operator, also later ones',
  );
export type SpeaksFor = z.infer<typeof speaksFor>;

/** A gateway as the HTTP API shows it: an account that publishes for many devices. */
export const gatewayView = z
  .object({
    id: z.string(),
    ident: z.string().describe('Its MQTT user name'),
    model: z.string().nullable().describe('What it is, e.g. Traccar'),
    status: z.enum(['active', 'revoked']),
    createdAt: z.iso.datetime(),
    speaksFor,
    listedDevices: z.number().int().describe('How many devices are on its list'),
  })
  .meta({ id: 'Gateway' });
export type GatewayView = z.infer<typeof gatewayView>;

export const newGateway = z
  .strictObject({
    ident: newIdent,
    model: plainText(100).nullish(),
    speaksFor: speaksFor.default('listed'),
  })
  .meta({ id: 'NewGateway' });
export type NewGateway = z.infer<typeof newGateway>;

export const gatewayChange = z.strictObject({ speaksFor }).meta({ id: 'GatewayChange' });

/** A device on a gateway's list. */
export const listedDeviceView = z
  .object({ id: z.string(), ident: z.string(), status: z.enum(['active', 'revoked']) })
  .meta({ id: 'ListedDevice' });
export type ListedDeviceView = z.infer<typeof listedDeviceView>;

/** Devices to put on a gateway's list, or to take off it. */
export const deviceIds = z
  .strictObject({ deviceIds: z.array(rowId).min(1).max(MAX_DEVICES_PER_REQUEST) })
  .meta({ id: 'DeviceIds' });
