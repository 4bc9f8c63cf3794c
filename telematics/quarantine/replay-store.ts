import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { RefusalReason } from '../positions/adapters/adapter.ts';
import { storableDetail } from './detail.ts';

/* What the job that replays does, on connections under the role `wayleave_jobs` inside a transaction. */

/** A quarantined message that its operator wants tried again. */
export interface RequestedRow {
  id: string;
  operator_id: string;
  device_id: string;
  received_at: Date;
  topic: string;
  reason: string;
  payload: Buffer;
  is_gateway: boolean;
}

const CLAIM = `
  SELECT q.id, q.operator_id, q.device_id, q.received_at, q.topic, q.reason, q.payload,
         EXISTS (SELECT FROM devices d WHERE d.id = q.device_id AND d.kind = 'gateway') AS is_gateway
  FROM quarantine q
  WHERE q.operator_id = $1 AND q.replay_requested_at IS NOT NULL
  ORDER BY q.id LIMIT $2 FOR UPDATE OF q SKIP LOCKED`;

/** The oldest requested messages that nobody else is replaying, locked until the transaction ends. */
export async function claimRequested(
  connection: Connection,
  operatorId: string,
  limit: number,
): Promise<RequestedRow[]> {
  const { rows } = await connection.query<RequestedRow>(CLAIM, [operatorId, limit]);
  return rows;
}

const MARK_REPLAYED = `
  UPDATE quarantine SET replayed_at = now(), replay_requested_at = NULL, replay_failed_at = NULL
  WHERE id = ANY($1::bigint[])`;

/** Says that the messages are durable in the uplink log again. */
export async function markReplayed(connection: Connection, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await connection.query(MARK_REPLAYED, [ids]);
}

/** Why a message stays in quarantine. */
export interface FailedReplay {
  id: string;
  reason: RefusalReason;
  detail: string;
}

const MARK_FAILED = `
  UPDATE quarantine q
  SET reason = failed.reason, detail = failed.detail, replay_failed_at = now(), replay_requested_at = NULL
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS failed (id, reason, detail)
  WHERE q.id = failed.id`;

/** Keeps messages open, with what is wrong with them now. */
export async function markFailed(connection: Connection, failed: readonly FailedReplay[]): Promise<void> {
  if (failed.length === 0) return;
  await connection.query(MARK_FAILED, [
    failed.map(({ id }) => id),
    failed.map(({ reason }) => reason),
    failed.map(({ detail }) => storableDetail(detail)),
  ]);
}

const FORGOTTEN = `
  SELECT DISTINCT operator_id FROM quarantine
  WHERE replay_requested_at < now() - make_interval(mins => $1) LIMIT $2`;

/** Operators of which something has waited for so long that its message must have got lost. */
export async function operatorsWaitingLonger(
  connection: Connection,
  minutes: number,
  limit: number,
): Promise<string[]> {
  const { rows } = await connection.query<{ operator_id: string }>(FORGOTTEN, [minutes, limit]);
  return rows.map(({ operator_id }) => operator_id);
}
