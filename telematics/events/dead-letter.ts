import { z } from 'zod';

/** A message about an event that its consumer failed to take, however often it was tried. */
export const deadLetterView = z
  .object({
    jobId: z
      .string()
      .describe('The event’s id, with the revision where it is not the first message about it'),
    name: z.string().describe('Such as telematics.risk.detected'),
    eventId: z.string(),
    failedAt: z.iso.datetime(),
    attempts: z.number().int().describe('How often it was tried'),
    reason: z.string().describe('What the last attempt failed with'),
    payload: z.unknown().describe('The message'),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.infer<typeof deadLetterView>;

export const deadLetterReplayView = z
  .object({
    replayed: z.number().int(),
    more: z.boolean().describe('There may be more: ask again'),
  })
  .meta({ id: 'DeadLetterReplay' });
export type DeadLetterReplayView = z.infer<typeof deadLetterReplayView>;

const JOB_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.[0-9]{1,10})?$/;

/** Id of a message about an event (write-store.ts); anything else names none. */
export const riskJobId = z.string().regex(JOB_ID);

/** The event that a job is about; null for a job that is about none. */
export function eventIdOf(jobId: string): string | null {
  return JOB_ID.exec(jobId)?.[1] ?? null;
}
