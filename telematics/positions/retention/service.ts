import type { Connection } from '@wayleave/runtime/postgres.ts';
import {
  DEFAULT_RETENTION,
  firstKeptMs,
  type PositionRetention,
  type PositionRetentionView,
} from './retention.ts';
import { findKeepDays, findRetention, putRetention } from './store.ts';

/** What holds for the transaction's operator: its own settings, or the defaults. */
export async function getPositionRetention(connection: Connection): Promise<PositionRetentionView> {
  const row = await findRetention(connection);
  if (!row) return { ...DEFAULT_RETENTION, updatedAt: null };
  return {
    keepDays: row.keep_days,
    compressAfterDays: row.compress_after_days,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Since when an operator's positions are all there, epoch milliseconds; on connections under `wayleave_jobs`. */
export async function keptSince(connection: Connection, operatorId: number, nowMs: number): Promise<number> {
  return firstKeptMs(nowMs, (await findKeepDays(connection, operatorId)) ?? DEFAULT_RETENTION.keepDays);
}

/** Takes effect with the next runs of the job that keeps the tables: what is older goes for good. */
export async function setPositionRetention(
  connection: Connection,
  retention: PositionRetention,
): Promise<PositionRetentionView> {
  await putRetention(connection, retention);
  return await getPositionRetention(connection);
}
