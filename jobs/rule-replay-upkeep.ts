import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { replayMessage } from '@wayleave/telematics/rules/replay/replay-message.ts';
import { staleReplays } from '@wayleave/telematics/rules/replay/replay-store.ts';

/** A replay that nobody was told of again for so long: its job failed for good, or is lost. */
const RESUME_AFTER_S = 120;
const MAX_DEVICES_PER_RUN = 5_000;

/** Has replays of rules started again that nobody works on; of how many devices. */
export async function resumeRuleReplays(pool: Pool, waitingS = RESUME_AFTER_S): Promise<number> {
  return await inTransaction(pool, async (connection) => {
    const stale = await staleReplays(connection, waitingS, MAX_DEVICES_PER_RUN);
    await addToOutbox(connection, stale.map(replayMessage));
    return stale.length;
  });
}
