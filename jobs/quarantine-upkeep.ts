import type { Log } from '@wayleave/runtime/log.ts';
import { addToOutbox } from '@wayleave/runtime/outbox/store.ts';
import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { operatorsWaitingLonger } from '@wayleave/telematics/quarantine/replay-store.ts';
import { replayMessage } from '@wayleave/telematics/quarantine/reprocess.ts';
import { deleteOldestQuarantined, devicesOverQuarantineQuota } from './maintenance-store.ts';

/**
 * Quarantined messages kept of one device: enough to see what is wrong with it, and a bound on
 * what a tracker that sends rubbish all day can fill.
 */
export const MAX_QUARANTINED_PER_DEVICE = 2_000;
const MAX_DEVICES_PER_RUN = 1_000;
/** Rows deleted in one statement, so that none holds its locks for long. */
const DELETE_LIMIT = 5_000;

/** Deletes the oldest of what a device has beyond its quota, and says so for each device; how many. */
export async function trimQuarantine(
  pool: Pool,
  log: Log,
  keepRows = MAX_QUARANTINED_PER_DEVICE,
): Promise<number> {
  let total = 0;
  for (const { device_id: deviceId, excess } of await devicesOverQuarantineQuota(
    pool,
    keepRows,
    MAX_DEVICES_PER_RUN,
  )) {
    let deleted = 0;
    while (deleted < excess) {
      const some = await deleteOldestQuarantined(pool, deviceId, Math.min(excess - deleted, DELETE_LIMIT));
      if (some === 0) break;
      deleted += some;
    }
    log.warn({ deviceId, deleted, kept: keepRows }, 'a device had more in quarantine than is kept');
    total += deleted;
  }
  return total;
}

/** A replay whose job failed for good, for instance while the uplink log was full, is told anew. */
const RESUME_AFTER_MIN = 10;
const MAX_OPERATORS_PER_RUN = 1_000;

/** Has replays that nobody works on started again; of how many operators. */
export async function resumeReplays(pool: Pool, waitingMin = RESUME_AFTER_MIN): Promise<number> {
  return await inTransaction(pool, async (connection) => {
    const operators = await operatorsWaitingLonger(connection, waitingMin, MAX_OPERATORS_PER_RUN);
    await addToOutbox(connection, operators.map(replayMessage));
    return operators.length;
  });
}
