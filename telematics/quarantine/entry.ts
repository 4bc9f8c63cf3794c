import { z } from 'zod';

/** Of each payload in a list: what tells one message from another. A gateway's may be a MiB long. */
export const LISTED_PAYLOAD_BYTES = 1_024;
/** Of the payload of a message that is asked for by itself: more than a person reads. */
export const SHOWN_PAYLOAD_BYTES = 64 * 1_024;

/** A payload that no adapter could read, as the HTTP API shows it. */
export const quarantineEntryView = z
  .object({
    id: z.string(),
    receivedAt: z.iso.datetime(),
    deviceId: z.string(),
    topic: z.string(),
    reason: z.string().describe('Stable code of why it was not read, when it was last tried'),
    detail: z.string(),
    payloadBytes: z.number().int().describe('Length of the whole payload'),
    payloadBase64: z
      .string()
      .describe(
        `The bytes as the tracker sent them: the first ${LISTED_PAYLOAD_BYTES} in a list, ` +
          `${SHOWN_PAYLOAD_BYTES} of a single one; \`/payload\` has all`,
      ),
    payloadTruncated: z.boolean().describe('There is more than `payloadBase64` holds'),
    replayRequestedAt: z.iso.datetime().nullable().describe('Since when it waits to be tried again'),
    replayFailedAt: z.iso.datetime().nullable().describe('When it was last tried again in vain'),
    replayedAt: z.iso.datetime().nullable().describe('When it was read and given to ingest again'),
  })
  .meta({ id: 'QuarantineEntry' });
export type QuarantineEntryView = z.infer<typeof quarantineEntryView>;
