import { z } from 'zod';

/** A payload that no adapter could read, as the HTTP API shows it. */
export const quarantineEntryView = z
  .object({
    id: z.string(),
    receivedAt: z.iso.datetime(),
    deviceId: z.string(),
    topic: z.string(),
    reason: z.string().describe('Stable code of why it was not read, when it was last tried'),
    detail: z.string(),
    payloadBase64: z.string().describe('The bytes as the tracker sent them'),
    replayRequestedAt: z.iso.datetime().nullable().describe('Since when it waits to be tried again'),
    replayFailedAt: z.iso.datetime().nullable().describe('When it was last tried again in vain'),
    replayedAt: z.iso.datetime().nullable().describe('When it was read and given to ingest again'),
  })
  .meta({ id: 'QuarantineEntry' });
export type QuarantineEntryView = z.infer<typeof quarantineEntryView>;
