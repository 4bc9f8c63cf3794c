import { randomUUID } from 'node:crypto';
import type { OutboxMessage } from '@wayleave/runtime/outbox/store.ts';
import { z } from 'zod';

/** The queue and the name under which it is told that quarantined messages wait to be tried again. */
export const REPROCESS_QUEUE = 'reprocess';
export const REPLAY_REQUESTED = 'telematics.quarantine.replay-requested';

/** What a consumer of the queue gets; which messages is in the quarantine itself. */
export const replayRequested = z.object({ operatorId: z.string() });
export type ReplayRequested = z.infer<typeof replayRequested>;

/** Wakes whoever replays. Each request has a message of its own: an earlier one may be done already. */
export function replayMessage(operatorId: string): OutboxMessage {
  const payload: ReplayRequested = { operatorId };
  return {
    operatorId: Number(operatorId),
    queue: REPROCESS_QUEUE,
    name: REPLAY_REQUESTED,
    key: `replay:${operatorId}:${randomUUID()}`,
    payload,
  };
}
