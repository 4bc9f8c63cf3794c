import type { Connection } from '../postgres.ts';

/** A message to a queue, committed together with the change that it tells of. */
export interface OutboxMessage {
  operatorId: number;
  queue: string;
  name: string;
  /** Derived from what the message is about; a second one of the same key adds nothing. */
  key: string;
  payload: unknown;
}

const ADD = `
  INSERT INTO outbox (operator_id, queue, name, key, payload)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
  ON CONFLICT (key) DO NOTHING`;

/** Adds messages inside the caller's transaction. */
export async function addToOutbox(connection: Connection, messages: readonly OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await connection.query(ADD, [
    messages.map((message) => message.operatorId),
    messages.map((message) => message.queue),
    messages.map((message) => message.name),
    messages.map((message) => message.key),
    messages.map((message) => JSON.stringify(message.payload)),
  ]);
}

export interface OutboxRow {
  id: string;
  queue: string;
  name: string;
  key: string;
  payload: unknown;
}

const CLAIM = `
  SELECT id, queue, name, key, payload FROM outbox
  WHERE sent_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** The oldest unsent rows that no other relay holds, locked until the transaction ends. */
export async function claimUnsent(connection: Connection, limit: number): Promise<OutboxRow[]> {
  const { rows } = await connection.query<OutboxRow>({ name: 'outbox-claim', text: CLAIM, values: [limit] });
  return rows;
}

const MARK_SENT = 'UPDATE outbox SET sent_at = now() WHERE id = ANY($1::bigint[])';

export async function markSent(connection: Connection, ids: string[]): Promise<void> {
  await connection.query({ name: 'outbox-mark-sent', text: MARK_SENT, values: [ids] });
}

const DELETE_SENT = `
  DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE sent_at < now() - make_interval(days => $1) ORDER BY id LIMIT $2)`;

/** Deletes some of the rows sent longer ago than `keepDays`; how many. */
export async function deleteSent(connection: Connection, keepDays: number, limit: number): Promise<number> {
  const { rowCount } = await connection.query(DELETE_SENT, [keepDays, limit]);
  return rowCount ?? 0;
}
