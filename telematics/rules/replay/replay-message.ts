import { randomUUID } from 'node:crypto';
import type { OutboxMessage } from '@wayleave/runtime/outbox/store.ts';
import { z } from 'zod';
import { REPROCESS_QUEUE } from '../../quarantine/reprocess.ts';

/** The name, on the queue `reprocess`, of a message that a device's rules are to be run again. */
export const RULES_REPLAY = 'telematics.rules.replay';

/** What a consumer of it gets; from when to when is in `rule_replays` (migrations/sql/0010). */
export const rulesReplay = z.object({ deviceId: z.string(), operatorId: z.string() });
export type RulesReplay = z.infer<typeof rulesReplay>;

/** Tells of a device that waits for a replay, once more; at first `request_rule_replay` does. */
export function replayMessage({ deviceId, operatorId }: RulesReplay): OutboxMessage {
  const payload: RulesReplay = { deviceId, operatorId };
  return {
    operatorId: Number(operatorId),
    queue: REPROCESS_QUEUE,
    name: RULES_REPLAY,
    key: `rule-replay:${deviceId}:${randomUUID()}`,
    payload,
  };
}
