import { z } from 'zod';
import { commandFormat } from './enquiries.ts';

const HOUR_S = 3_600;
export const MIN_EXPIRY_S = 60;
export const DEFAULT_EXPIRY_S = 24 * HOUR_S;
export const MAX_EXPIRY_S = 7 * 24 * HOUR_S;
/** Of one device, not yet delivered. */
export const MAX_WAITING_COMMANDS = 20;
/** Longer than any enquiry; what is within is judged by the list of those. */
const MAX_COMMAND_CHARACTERS = 160;

export const newCommand = z
  .strictObject({
    format: commandFormat.describe('What the tracker speaks'),
    command: z.string().min(1).max(MAX_COMMAND_CHARACTERS).describe('An enquiry, such as getinfo or report'),
    expiresInS: z
      .int()
      .min(MIN_EXPIRY_S)
      .max(MAX_EXPIRY_S)
      .default(DEFAULT_EXPIRY_S)
      .describe('After how many seconds it is not delivered any more'),
  })
  .meta({ id: 'NewDeviceCommand' });
export type NewCommand = z.infer<typeof newCommand>;

/**
 * `queued`: waits for the tracker; `sent`: written to its connection; `delivered`: acknowledged by
 * the tracker; `answered`; `expired`: its time passed, or the tracker did not answer and was given
 * the next one.
 */
export const commandState = z.enum(['queued', 'sent', 'delivered', 'answered', 'expired']);
export type CommandState = z.infer<typeof commandState>;

/** A command as the HTTP API shows it. */
export const commandView = z
  .object({
    id: z.string(),
    deviceId: z.string(),
    format: commandFormat,
    command: z.string(),
    state: commandState,
    answer: z.string().nullable(),
    requestedBy: z.string().describe('Id of the user'),
    createdAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable().describe('When it was last written to the tracker’s connection'),
    deliveredAt: z.iso.datetime().nullable().describe('When the tracker acknowledged it'),
    answeredAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'DeviceCommand' });
export type CommandView = z.infer<typeof commandView>;
